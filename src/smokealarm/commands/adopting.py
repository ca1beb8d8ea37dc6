"""What `smokealarm adopt FOLDER` does, and what it says of it."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import structs

from smokealarm import changes, git
from smokealarm.errors import FatalError
from smokealarm.progress import Progress
from smokealarm.style.adopting import ignored_revs
from smokealarm.style.adopting.adopt import (
    Adopted,
    Formatted,
    adopted,
    formatted_by,
    insist_on_ready,
)
from smokealarm.style.adopting.blame import READABLE, Blame, blame
from smokealarm.style.adopting.own_commit import taken_over
from smokealarm.style.adopting.shown import counted
from smokealarm.style.adopting.survey import bench
from smokealarm.style.record.names import ROOT
from smokealarm.style.source import quoted
from smokealarm.workspace import Changes, Workspace

MOST = 20  # names that are printed


def run(options: Namespace) -> int:
    """Exit code 0 where the folder is formatted now, or was already."""
    root = changes.root_of(Path.cwd())
    folder = _folder(root, options.folder)
    insist_on_ready(root, folder)
    with Progress() as progress:
        meant = _only(changes.whole_tree(root), folder)
        if not any(file.language in ("python", "notebook") for file in meant.files):
            raise FatalError(f"{options.tool} has no files to format in {options.folder}")
        with bench(Workspace(root=root, changes=meant, tell=progress.tell)) as place:
            made = formatted_by(place, options.tool)
    for line in _about(made, options.folder):
        print(line)
    if options.dry_run or not made.changed:
        return 0
    done = adopted(root, folder, made)
    taken_over(root, done.old, done.recording, f"smokealarm adopt: {options.folder}")
    for line in _told(root, done):
        print(line)
    with Progress() as progress:
        try:
            found = blame(root, done.old, done.formatting, sorted(made.changed), progress.tell)
        except git.GitError as error:
            raise FatalError(
                f"the commits are made, but blame could not be checked: {error.message}"
            )
    for line in _about_blame(root, found, done):
        print(line)
    return 0


def _folder(root: Path, name: str) -> str:
    """The folder as git names it, with a `/` at its end; `.` for all of the repository."""
    path = os.path.relpath(os.path.abspath(name), root)
    if path.split(os.sep)[0] == os.pardir or not (root / path).is_dir():
        raise FatalError(f"{name} is no folder of this repository")
    return ROOT if path == os.curdir else f"{path}/"


def _only(every: Changes, folder: str) -> Changes:
    files = (file for file in every.files if folder == ROOT or file.path.startswith(folder))
    left_out = (gone for gone in every.left_out if folder == ROOT or gone.path.startswith(folder))
    return structs.replace(every, files=tuple(files), left_out=tuple(left_out))


def _about(made: Formatted, folder: str) -> Iterator[str]:
    if not made.changed:
        yield f"{folder}: {made.tool} has nothing to change in {counted(made.files, 'file')}"
    else:
        of = counted(made.files, "file")
        yield f"{folder}: {made.tool} changes {len(made.changed):,} of {of}"
        yield from _listed(sorted(made.changed))
    if made.unread:
        yield f"{made.tool} cannot read {counted(len(made.unread), 'file')}, which stay as they are:"
        yield from _listed(made.unread)
    if made.doubt:
        yield f"Some files stay as they are: {made.doubt}"


def _listed(paths: Sequence[str]) -> Iterator[str]:
    yield from (f"  {quoted(path)}" for path in paths[:MOST])
    if len(paths) > MOST:
        yield f"  and {len(paths) - MOST:,} more"


def _told(root: Path, done: Adopted) -> Iterator[str]:
    yield f"{done.formatting[:12]} formats, and nothing else"
    raised = f", and raises the record: {done.line}" if done.line else ""
    yield f"{done.recording[:12]} lists it in {ignored_revs.NAME}{raised}"
    yield "Git's hooks were not run for these two commits."


def _about_blame(root: Path, found: Blame, done: Adopted) -> Iterator[str]:
    new = counted(found.blamed, "line")
    yield (
        f"git blame: {found.kept:,} of {counted(found.lines, 'line')} keep their author; {new} "
        f"{'is' if found.blamed == 1 else 'are'} new to blame, of {found.written:,} that were rewritten"
    )
    if not found.is_readable:
        yield f"That is less than {READABLE:.0%}: look at git blame before you keep this."
    if git.attempt(root, "config", "blame.ignoreRevsFile") is None:
        yield f"To see it so on your machine: git config blame.ignoreRevsFile {ignored_revs.NAME}"
        yield "GitHub reads that file by itself."
    yield "Merge this without squash or rebase: they would give the commit another name."
    yield f"To undo all of it: git reset --keep {done.old}"
