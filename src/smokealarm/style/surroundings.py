"""The whole repository around the judged files, for the few tools that need more than the files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Event

from msgspec import Struct

from smokealarm import git
from smokealarm.workspace import ChangedFile, Workspace


class Surroundings(Struct, frozen=True, kw_only=True, dict=True):
    """The repository as one commit has it, or as the index has it where `commit` is "".

    - `root`: where it is on disk, for what no commit holds
    - `unsaved`: files that are only on disk and belong to it nevertheless
    - `gone`: files that are still in the index and belong to it no more
    - `left`: set when nobody waits for an answer any longer
    """

    root: Path
    room: Path
    commit: str
    left: Event
    unsaved: Sequence[ChangedFile] = ()
    gone: frozenset[str] = frozenset()

    @cached_property
    def entries(self) -> list[git.Entry]:
        """Every file of it that git knows."""
        listed = git.entries(self.root, self.commit)
        return [entry for entry in listed if entry.path not in self.gone]

    @cached_property
    def names(self) -> frozenset[str]:
        """The path of every file."""
        known = {entry.path for entry in self.entries}
        return frozenset(known | {file.path for file in self.unsaved})

    @cached_property
    def tree(self) -> Path:
        """A private copy of it, under the repository's own name. Large files stay LFS pointers."""
        folder = Path(tempfile.mkdtemp(dir=self.room)) / (self.root.name or "root")
        env = {"GIT_INDEX_FILE": str(folder.with_name("index")), "GIT_LFS_SKIP_SMUDGE": "1"}
        listing = b"".join(map(_record, self.entries))
        folder.mkdir()
        # An index of our own: the user's may be sparse, locked, or marked in many other ways.
        git.run(self.root, "update-index", "-z", "--index-info", stdin=listing, env=env)
        prefix = f"--prefix={folder}/"
        git.run(self.root, "checkout-index", "--all", "--force", "--quiet", prefix, env=env)
        for file in self.unsaved:
            target = folder / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            target.write_bytes((self.root / file.path).read_bytes())
        return folder


def sides(workspace: Workspace, room: Path) -> tuple[Surroundings, Surroundings]:
    """The repository before the change and after it."""
    changes, left = workspace.changes, Event()
    gone = {file.path for file in changes.beside if file.deleted}
    before = Surroundings(root=workspace.root, room=room, commit=changes.base, left=left)
    after = Surroundings(
        root=workspace.root,
        room=room,
        commit=changes.head,
        unsaved=[file for file in changes.files if not file.blob],
        gone=frozenset(path for path in gone if not os.path.lexists(workspace.root / path)),
        left=left,
    )
    return before, after


def _record(entry: git.Entry) -> bytes:
    path = entry.path.encode("utf-8", "surrogateescape")
    return f"{entry.mode} {entry.blob}\t".encode() + path + b"\0"
