"""The record and the tree before a change and after it, as git has them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.style.record.lines import Tools
from smokealarm.style.record.names import ROOT
from smokealarm.style.record.reading import TOOLS, parse, understood
from smokealarm.style.record.record import NAME, Record
from smokealarm.style.record.regions import paths_above

_NAMES_AT_ONCE = 500  # keeps a command line far below what the operating system allows


class Side(NamedTuple):
    """A record, and which of the paths that either side names are in the tree beside it."""

    record: Record
    paths: frozenset[str]
    is_there: bool = True  # whether the tree has a file of the record

    def exists(self, path: str) -> bool:
        return path == ROOT or path in self.paths


class Sides(NamedTuple):
    """What the change began with, and what it leaves."""

    base: Side
    head: Side


def sides(
    root: Path,
    base: str,
    head: str,
    path: str = NAME,
    tools: Tools = TOOLS,
    content: bytes | None = None,
) -> Sides:
    """Both sides of a change, from its commits.

    `base` is "" where the change is measured from nothing, `head` where the index is judged;
    `content` is that of the head's record where it is on disk alone. What cannot be read of the
    base's record is passed over, because it may be what the change mends; of the head's it raises
    FatalErrors.
    """
    was = _content(root, base, path) if base else None
    now = _content(root, head, path) if content is None else content
    old = Record(path) if was is None else understood(was, path, tools)[0]
    new = Record(path) if now is None else parse(now, path, tools)
    paths = sorted(_paths(old) | _paths(new))
    before = _present(root, base, paths) if base else frozenset()
    return Sides(
        Side(old, before, was is not None),
        Side(new, _present(root, head, paths), now is not None),
    )


def _content(root: Path, commit: str, path: str) -> bytes | None:
    found = [entry.blob for entry in git.entries(root, commit, [path]) if entry.path == path]
    return git.contents(root, found)[found[0]] if found else None


def _paths(record: Record) -> set[str]:
    """What it names, and what it may have meant: a folder's name may lack its `/`, or have one."""
    named = {one.region.path for one in record.entries} - {ROOT}
    return {path.rstrip("/") for path in named}


def _present(root: Path, commit: str, paths: Sequence[str]) -> frozenset[str]:
    """Which of the paths there are: files by their names, folders by theirs with a `/`."""
    parts = (paths[i : i + _NAMES_AT_ONCE] for i in range(0, len(paths), _NAMES_AT_ONCE))
    look = _in_commit if commit else _in_index
    return frozenset(path for part in parts for path in look(root, commit, part))


def _in_commit(root: Path, commit: str, paths: Sequence[str]) -> Iterator[str]:
    """A folder is an entry of its tree and is not listed; `-t` tells it above what is asked below."""
    listing = git.run(root, "ls-tree", "-t", "-z", "--full-tree", commit, "--", *paths)
    for record in listing.split(b"\0")[:-1]:
        facts, _, name = record.partition(b"\t")
        kind, path = facts.split(b" ")[1], os.fsdecode(name)
        yield path if kind == b"blob" else f"{path}/"


def _in_index(root: Path, _: str, paths: Sequence[str]) -> Iterator[str]:
    for entry in git.entries(root, "", paths):
        is_folder = entry.mode == git.SUBMODULE
        yield from paths_above(f"{entry.path}/" if is_folder else entry.path)
