"""Git's raw diff: what its plumbing says of every changed path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from smokealarm import git

# All that could be configured otherwise is said: renames are followed, up to a limit, and a submodule
# differs where another commit of it is recorded. A copy is a new file: it adds all that is in it.
OPTIONS = (
    *("--raw", "-z", "--no-abbrev", "--find-renames", "-l1000"),
    "--ignore-submodules=dirty",
)


class Change(NamedTuple):
    """One record of a raw diff. A blob of "" is absent, or not yet known to git."""

    status: str  # A, D, M, R, T or U
    path: str
    mode: str
    blob: str
    base_path: str
    base_mode: str
    base_blob: str


def of_trees(root: Path, base: str, head: str) -> list[Change]:
    """What the commit or tree `head` changes against `base`."""
    return _diff(root, ("diff-tree", "-r"), base, head)


def of_index(root: Path, base: str) -> list[Change]:
    """What the index changes against `base`; a file added with intent only is not part of it."""
    return _diff(root, ("diff-index", "--cached", "--ita-invisible-in-index"), base)


def of_working_tree(root: Path, base: str) -> list[Change]:
    """What the tracked files on disk change against `base`; files merely touched are among them.

    Git looks for itself: a file system monitor that is behind would hide an edit.
    """
    return _diff(root, ("-c", "core.fsmonitor=false", "diff-index"), base)


def _diff(root: Path, command: tuple[str, ...], *ends: str) -> list[Change]:
    if any((root / ".git" / "objects" / "pack").glob("*.promisor")):
        # In a partial clone, git fetches at once what a diff reads, and one by one what is read later.
        git.run(root, *command, "--shortstat", *ends, "--")
    return list(_changes(git.run(root, *command, *OPTIONS, *ends, "--")))


def _changes(output: bytes) -> Iterator[Change]:
    """Reads `:MODE MODE BLOB BLOB STATUS`, then one path, or two of a rename."""
    fields = iter(output.split(b"\0"))
    for facts in fields:
        if not facts:
            continue
        base_mode, mode, base_blob, blob, status = facts.decode().lstrip(":").split(" ")
        first = os.fsdecode(next(fields))
        path = os.fsdecode(next(fields)) if status[0] == "R" else first
        yield Change(status[0], path, mode, _known(blob), first, base_mode, _known(base_blob))


def _known(blob: str) -> str:
    return blob if blob.strip("0") else ""
