"""A throw-away repository that looks like the user's, with two commits for each made-up change.

It borrows the user's objects, so that nothing is copied, and has no history. One `git fast-import`
makes all the commits of a round.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from smokealarm import git
from smokealarm.style.drilling.edit import Edit, Files
from smokealarm.workspace import ChangedFile, Workspace

_WHO = "drill <drill@example.org> 0 +0000"
_MAIN = "refs/heads/main"
# What git sets for hooks would turn every command towards the user's repository.
_LOCAL = (
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG_PARAMETERS", "GIT_DIR"),
    *(
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
    ),
    *("GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_WORK_TREE"),
)


class Repository(Struct, frozen=True):
    """Where it is. `main` is the user's tree as it is judged."""

    root: Path

    def commit(self, edits: Mapping[int, Edit]) -> None:
        """Before and after of each, as the commits `base(number)` and `head(number)`."""
        parts: list[bytes] = []
        for number, edit in edits.items():
            mode = "100755" if edit.is_executable else "100644"
            parts += _commit(base(number), _MAIN, edit.base, "100644")
            parts += _commit(head(number), base(number), edit.head, mode)
        git.run(self.root, "fast-import", "--quiet", "--force", stdin=b"".join(parts))

    def export(self, folder: Path, wanted: Iterable[str]) -> None:
        """Write these files of the tree to a folder."""
        names = b"".join(os.fsencode(path) + b"\0" for path in wanted)
        env = {"GIT_INDEX_FILE": str(folder.parent / "index")}
        git.run(self.root, "read-tree", _MAIN, env=env)
        command = ("checkout-index", "--force", f"--prefix={folder}/", "-z", "--stdin")
        git.run(self.root, *command, stdin=names, env=env)


def base(number: int) -> str:
    return f"refs/drill/{number}/base"


def head(number: int) -> str:
    return f"refs/drill/{number}/head"


def together(edits: Iterable[Edit]) -> Edit:
    """All of them as one change."""
    edits = list(edits)
    before = {path: content for edit in edits for path, content in edit.base.items()}
    after = {path: content for edit in edits for path, content in edit.head.items()}
    return edits[0]._replace(base=before, head=after, is_executable=False)


@contextmanager
def repository(workspace: Workspace, room: Path) -> Iterator[Repository]:
    """The throw-away repository; while it is open, git knows of no other."""
    changes = workspace.changes
    objects = git.text(workspace.root, "rev-parse", "--git-path", "objects")
    kind = git.text(workspace.root, "rev-parse", "--show-object-format")
    commit = changes.head or "HEAD"
    tree = git.attempt(workspace.root, "rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")
    made = Repository(room / "repository")
    made.root.mkdir()
    with _alone():
        git.run(made.root, "init", "--quiet", f"--object-format={kind}", "--template=")
        git.run(made.root, "symbolic-ref", "HEAD", _MAIN)
        lent = made.root / ".git" / "objects" / "info" / "alternates"
        lent.parent.mkdir(parents=True, exist_ok=True)
        lent.write_bytes(os.fsencode(workspace.root / objects) + b"\n")
        parts = [*_header(_MAIN), *_tree(tree), *_as_judged(workspace)]
        git.run(made.root, "fast-import", "--quiet", "--force", stdin=b"".join(parts))
        yield made


@contextmanager
def _alone() -> Iterator[None]:
    """Without what git has told its hooks."""
    kept = {name: os.environ.pop(name) for name in _LOCAL if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def _tree(tree: bytes | None) -> Iterator[bytes]:
    if tree:
        yield b'M 040000 %s ""\n' % tree.strip()


def _as_judged(workspace: Workspace) -> Iterator[bytes]:
    """What the change makes of the tree."""
    for file in workspace.changes.beside:
        if file.deleted:
            yield b"D %s\n" % _quoted(file.path)
    for file in workspace.changes.files:
        if file.blob:
            yield b"M 100644 %s %s\n" % (file.blob.encode(), _quoted(file.path))
        else:
            yield from _file(file.path, _on_disk(workspace.root, file), "100644")


def _on_disk(root: Path, file: ChangedFile) -> bytes:
    return (root / file.path).read_bytes()


def _commit(name: str, parent: str, files: Files, mode: str) -> Sequence[bytes]:
    parts = [*_header(name), b"from %s\n" % parent.encode()]
    for path, content in files.items():
        parts += [b"D %s\n" % _quoted(path)] if content is None else _file(path, content, mode)
    return [*parts, b"\n"]


def _header(name: str) -> Sequence[bytes]:
    return [f"commit {name}\ncommitter {_WHO}\ndata 0\n".encode()]


def _file(path: str, content: bytes, mode: str) -> Sequence[bytes]:
    start = b"M %s inline %s\ndata %d\n" % (mode.encode(), _quoted(path), len(content))
    return [start, content, b"\n"]


def _quoted(path: str) -> bytes:
    """The path as fast-import reads it whatever bytes it has: in C's way."""
    escaped = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"%s"' % escaped
