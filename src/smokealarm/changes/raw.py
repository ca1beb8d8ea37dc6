"""Git's raw diff: what its plumbing says of every changed path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from smokealarm import git

# Renames and copies are followed; the limit is said, because git's own can be configured.
OPTIONS = ("--raw", "-z", "--no-abbrev", "--find-renames", "--find-copies", "-l1000")


class Change(NamedTuple):
    """One record of a raw diff. A blob of "" is absent, or not yet known to git."""

    status: str  # A, C, D, M, R, T or U
    path: str
    mode: str
    blob: str
    base_path: str
    base_mode: str
    base_blob: str


def of_trees(root: Path, base: str, head: str) -> list[Change]:
    """What the commit or tree `head` changes against `base`."""
    return list(_changes(git.run(root, "diff-tree", "-r", *OPTIONS, base, head)))


def of_index(root: Path, base: str) -> list[Change]:
    """What the index changes against `base`; a file added with intent only is not part of it."""
    command = ("diff-index", "--cached", "--ita-invisible-in-index")
    return list(_changes(git.run(root, *command, *OPTIONS, base, "--")))


def of_working_tree(root: Path, base: str) -> list[Change]:
    """What the tracked files on disk change against `base`; files merely touched are among them."""
    return list(_changes(git.run(root, "diff-index", *OPTIONS, base, "--")))


def _changes(output: bytes) -> Iterator[Change]:
    """Reads `:MODE MODE BLOB BLOB STATUS`, then one path, or two of a rename or copy."""
    fields = iter(output.split(b"\0"))
    for facts in fields:
        if not facts:
            continue
        base_mode, mode, base_blob, blob, status = facts.decode().lstrip(":").split(" ")
        first = os.fsdecode(next(fields))
        path = os.fsdecode(next(fields)) if status[0] in "RC" else first
        yield Change(status[0], path, mode, _known(blob), first, base_mode, _known(base_blob))


def _known(blob: str) -> str:
    return blob if blob.strip("0") else ""
