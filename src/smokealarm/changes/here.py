"""Where the repository stands: its root, its last commit, and a merge that is under way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.errors import FatalError

_TOP = ("--show-toplevel",)
_MERGING = ("--git-path", "MERGE_HEAD")
_HEAD = ("--revs-only", "HEAD^{commit}")
_NAME = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")  # of an object, by SHA-1 or SHA-256


class Here(NamedTuple):
    """The top folder, the last commit, "" before the first, and those that are being merged into it."""

    root: Path
    head: str
    merged: tuple[str, ...]


def root_of(folder: Path) -> Path:
    """The top folder of the repository that the folder is in."""
    try:
        return Path(git.text(folder, "rev-parse", *_TOP))
    except git.GitError as error:
        raise _explained(error, folder) from None


def here(folder: Path) -> Here:
    """Where the repository stands that the folder is in.

    Asked at once, because every question to git costs a process; save where the name of a folder has
    a line end in it, so that nothing says which line is the answer to what.
    """
    try:
        lines = git.text(folder, "rev-parse", *_TOP, *_MERGING, *_HEAD).split("\n")
    except git.GitError as error:
        raise _explained(error, folder) from None
    head = lines.pop() if is_object_name(lines[-1]) else ""
    if len(lines) != 2:
        lines = [git.text(folder, "rev-parse", *one) for one in (_TOP, _MERGING)]
    root, merging = Path(lines[0]), folder / lines[1]
    return Here(root, head, tuple(merging.read_text().split()) if merging.exists() else ())


def is_object_name(word: str) -> bool:
    """Whether it is the full name of an object, which says itself where it is to be fetched."""
    return _NAME.fullmatch(word) is not None


def _explained(error: git.GitError, folder: Path) -> FatalError:
    """What git says of a folder that it does not work in, as something to do."""
    if "not a git repository" in error.message:
        return FatalError(
            f"{folder} is not in a git repository",
            "Run smokealarm inside one, or make one with: git init",
        )
    if "must be run in a work tree" in error.message:
        return FatalError(
            f"{folder} has no working tree: it is a bare repository, or the inside of one",
            "Run smokealarm in a clone of it, or in a worktree: git worktree add",
        )
    if "ownership" in error.message or "unsafe repository" in error.message:
        named = re.search(r"safe\.directory (\S.*)", error.message)
        place = named[1].strip() if named else folder
        return FatalError(
            f"git does not work in {folder}, because the repository belongs to another user",
            f"If you trust it: git config --global --add safe.directory {place}",
        )
    return error
