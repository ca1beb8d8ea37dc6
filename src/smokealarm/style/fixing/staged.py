"""Which mended files may be written: those that are on disk as they are staged, and were judged so.

What is staged is safe in git, so whatever is written over it can be taken back.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.style.source import Source
from smokealarm.workspace import Workspace


class Why(NamedTuple):
    """Why a file is left alone, and what to do; `{paths}` in that is for whoever tells it."""

    reason: str
    remedy: str


class LeftAlone(NamedTuple):
    """A file that could be mended and is not touched."""

    path: str
    why: Why


class Draft(NamedTuple):
    """New bytes for a file on disk, and the bytes that they are to replace."""

    path: str
    old: bytes
    new: bytes


_ELSEWHERE = Why(
    "the commit that was judged is not the one that is checked out",
    "Check it out and run this again.",
)
_UNKNOWN = Why("git does not know it yet", "Stage it (git add {paths}) and run this again.")
_CONFLICT = Why(
    "it has a merge conflict", "Resolve it, stage it (git add {paths}), run this again."
)
_GONE = Why("it is not on disk", "Bring it back (git restore {paths}) and run this again.")
_ODD = Why("on disk it is no ordinary file, or behind a symbolic link", "Mend it by hand.")
_READ_ONLY = Why("it is read-only", "Allow it (chmod u+rw {paths}) and run this again.")
_UNSTAGED = Why(
    "it has edits that are not staged",
    "Stage or drop them (git add -p {paths}) and run this again.",
)
_UNCOMMITTED = Why(
    "what is staged of it is not what was judged",
    "Commit it, or judge what is staged instead: smokealarm check --staged",
)
_FILTERED = Why(
    "a filter of git's changes it on its way to the disk (.gitattributes)",
    "Mend it by hand: what is written could lack what the filter takes away.",
)


def drafts(
    workspace: Workspace, mended: Mapping[Source, bytes]
) -> tuple[list[Draft], list[LeftAlone]]:
    """What may be written of the mended files, and what may not."""
    root, head = workspace.root, workspace.changes.head
    if head and head != git.text(root, "rev-parse", "HEAD"):
        return [], [LeftAlone(source.path, _ELSEWHERE) for source in mended]
    index = _Index(root, [source.path for source in mended])
    ready: list[Draft] = []
    left: list[LeftAlone] = []
    for source, new in mended.items():
        draft = index.why_not(source) or _draft(root, source, new)
        if isinstance(draft, Draft):
            ready.append(draft)
        else:
            left.append(LeftAlone(source.path, draft))
    return ready, left


class _Index:
    """What is staged of some files, and what each on disk would be if it were."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self.odd = {path: why for path in paths if (why := _odd(root, path))}
        entries = git.entries(root, paths=list(paths))
        self.stages = Counter(entry.path for entry in entries)
        self.blobs = {entry.path: entry.blob for entry in entries}
        usual = [path for path in self.blobs if path not in self.odd]
        self.on_disk = git.hashes(root, usual)

    def why_not(self, source: Source) -> Why | None:
        path = source.path
        if self.stages[path] != 1:
            return _CONFLICT if self.stages[path] else _UNKNOWN
        if path in self.odd:
            return self.odd[path]
        if self.on_disk[path] != self.blobs[path]:
            return _UNSTAGED
        return _UNCOMMITTED if source.file.blob not in ("", self.blobs[path]) else None


def _odd(root: Path, path: str) -> Why | None:
    try:
        mode = (root / path).lstat().st_mode
    except OSError:
        return _GONE
    folder = os.path.realpath((root / path).parent)
    home = os.path.normpath(os.path.join(os.path.realpath(root), posixpath.dirname(path)))
    if not stat.S_ISREG(mode) or folder != home:
        return _ODD
    open_to_us = mode & stat.S_IWUSR and os.access(root / path, os.R_OK)
    return None if open_to_us else _READ_ONLY


def _draft(root: Path, source: Source, new: bytes) -> Draft | Why:
    """The judged bytes and those on disk may differ in their line endings, and in nothing else."""
    old = (root / source.path).read_bytes()
    if old == source.content:
        return Draft(source.path, old, new)
    if b"\r" not in source.content and old == _with_crlf(source.content):
        return Draft(source.path, old, _with_crlf(new))
    return _FILTERED


def _with_crlf(content: bytes) -> bytes:
    return content.replace(b"\n", b"\r\n")
