"""`.git-blame-ignore-revs`: the commits through which `git blame` looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.errors import FatalError, Place

NAME = ".git-blame-ignore-revs"
_REVISION = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?", re.IGNORECASE)


class Revision(NamedTuple):
    """A commit and the line of the file that names it."""

    name: str
    number: int


class Stray(NamedTuple):
    """A revision that is no part of the history of HEAD, and what it is then."""

    revision: Revision
    why: str


def revisions(content: bytes) -> list[Revision]:
    """All that the file names. Raises FatalError where git itself would not read it."""
    found = []
    for number, line in enumerate(content.decode(errors="replace").split("\n"), 1):
        word = line.partition("#")[0].strip()
        if word and not _REVISION.fullmatch(word):
            raise FatalError(
                f"{word[:80]!r} is not the full name of a commit, so git blame would fail",
                "Write all 40 digits, or delete the line. A comment begins with #.",
                Place(NAME, number),
            )
        if word:
            found.append(Revision(word.lower(), number))
    return found


def appended(content: bytes, commit: str, comment: str) -> bytes:
    """The file with one more commit, and what is already there as it is."""
    end = b"\r\n" if b"\r\n" in content else b"\n"
    missing = end if content and not content.endswith(b"\n") else b""
    return content + missing + f"# {comment}".encode() + end + commit.encode() + end


def content_at(root: Path, commit: str) -> bytes | None:
    """The file as the commit has it, None where it has none."""
    found = [entry for entry in git.entries(root, commit, [NAME]) if entry.path == NAME]
    if not found or found[0].mode in (git.SYMLINK, git.SUBMODULE):
        return None
    return git.contents(root, [found[0].blob])[found[0].blob]


def strays(root: Path, content: bytes) -> Iterator[Stray]:
    """Those that are not in the history of HEAD: a squash, a rebase or an amend leaves them behind."""
    for revision in revisions(content):
        if (
            git.attempt(root, "rev-parse", "--verify", "--quiet", f"{revision.name}^{{commit}}")
            is None
        ):
            yield Stray(revision, "this clone has no such commit")
        elif git.attempt(root, "merge-base", "--is-ancestor", revision.name, "HEAD") is None:
            yield Stray(revision, "it is not in the history of HEAD")
