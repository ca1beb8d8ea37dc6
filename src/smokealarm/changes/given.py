"""What changed in the files that are named, as pre-commit names them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from smokealarm import git
from smokealarm.changes import raw
from smokealarm.changes.forks import merge_base
from smokealarm.changes.here import Here, here
from smokealarm.changes.judged import judge
from smokealarm.changes.local import of_index, on_disk
from smokealarm.changes.raw import Change
from smokealarm.errors import FatalError
from smokealarm.workspace import Changes


def given(root: Path, names: Sequence[str], base: str = "HEAD", at: Here | None = None) -> Changes:
    """The named files, relative to the current folder.

    A tracked file is judged as staged and compared with `base`; one that does not differ from it
    was asked for by name all the same, and is judged whole. What each comes to does not depend on
    the other names, so that any order and any split of the list says the same.
    """
    at = at or here(root)
    known = at.head if base == "HEAD" or not at.head else merge_base(root, base, at.head)
    changed = {change.path: change for change in of_index(root, known, at)}
    wanted = {_relative(root, name): name for name in names}
    named = {change.path: change for change in _named(root, wanted, changed, at)}
    return judge(
        root,
        named.values(),
        unnamed=[change for path, change in changed.items() if path not in named],
        base=known,
        described=f"{len(wanted)} file{'s' if len(wanted) != 1 else ''} given",
    )


def _named(
    root: Path, wanted: Mapping[str, str], changed: Mapping[str, Change], at: Here
) -> list[Change]:
    """The change of each named file, and of each file in a named folder."""
    if all(path in changed and changed[path].status != "D" for path in wanted):
        return [changed[path] for path in wanted]
    tracked = {entry.path: entry for entry in git.entries(root, paths=sorted(wanted))}
    same = _unchanged(root, [entry for path, entry in tracked.items() if path not in changed], at)
    untracked = [path for path in wanted if not _holds(tracked, path)]
    return [
        *(changed.get(path) or same[path] for path in tracked),
        *(_unknown(root, path, wanted[path]) for path in untracked),
    ]


def _unchanged(root: Path, entries: Iterable[git.Entry], at: Here) -> dict[str, Change]:
    """Judged whole, save what a merge brings: that is the other side's, and nothing is added."""
    changes = {entry.path: _whole(entry) for entry in entries}
    for change in raw.of_index(root, at.head) if at.merged and changes else ():
        if change.path in changes and change.blob:
            mode, blob = change.mode, change.blob
            changes[change.path] = Change("M", change.path, mode, blob, change.path, mode, blob)
    return changes


def _whole(entry: git.Entry) -> Change:
    return Change("A", entry.path, entry.mode, entry.blob, entry.path, "", "")


def _unknown(root: Path, path: str, name: str) -> Change:
    if not os.path.lexists(root / path):
        raise FatalError(f"there is no file {name}", "Check its spelling, or leave it out.")
    if (root / path).is_dir() and not (root / path).is_symlink():
        raise FatalError(f"no file in {name} is known to git", f"Add them with: git add {name}")
    return on_disk(root, path)


def _relative(root: Path, name: str) -> str:
    """The name as git has it. The last part stays as it is: a link is judged as a link."""
    folder, last = os.path.split(os.path.abspath(name))
    path = os.path.relpath(os.path.join(os.path.realpath(folder), last), os.path.realpath(root))
    if path == os.pardir or path.startswith(os.pardir + os.sep):
        raise FatalError(f"{name} is outside of the repository {root}", "Leave it out.")
    return path.replace(os.sep, "/")


def _holds(tracked: Mapping[str, git.Entry], path: str) -> bool:
    """Whether the path is a tracked file, or a folder with one in it."""
    inside = "" if path == "." else posixpath.join(path, "")
    return path in tracked or any(known.startswith(inside) for known in tracked)
