"""Which of the changed files are judged; every other is left out with its reason."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from smokealarm import git
from smokealarm.changes.kinds import language, needs_content
from smokealarm.changes.raw import Change
from smokealarm.errors import FatalError
from smokealarm.workspace import ChangedFile, Changes, LeftOut

POINTER = b"version https://git-lfs.github.com/spec/"
POINTER_SIZE = (
    1024  # the specification's limit: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
)
SCRIPT_SIZE = 1 << 18  # a longer file without an extension is data, not a script

_ATTRIBUTES = ("linguist-generated", "linguist-vendored")
_REASONS = {
    "D": "it is deleted",
    git.SYMLINK: "it is a symbolic link",
    git.SUBMODULE: "it is a submodule, which has gates of its own",
    "linguist-generated": ".gitattributes says that it is generated (linguist-generated)",
    "linguist-vendored": ".gitattributes says that it is others' work (linguist-vendored)",
    "pointer": "it is a Git LFS pointer: its content is not in git",
}


def judge(
    root: Path,
    changes: Iterable[Change],
    *,
    base: str = "",
    head: str = "",
    described: str,
    everything: bool = False,
) -> Changes:
    """The changes as a run sees them, in an order that depends on nothing but the names."""
    candidates, left_out = _sorted_out(changes)
    marked = _marked(root, [change.path for change in candidates], head)
    peeks = _peeks(root, [change for change in candidates if change.path not in marked])
    files = []
    for change in candidates:
        reason = marked.get(change.path) or _pointer(peeks.get(change.path, b""))
        if reason:
            left_out.append(LeftOut(change.path, reason))
        else:
            files.append(_file(change, peeks.get(change.path, b"")))
    return Changes(
        base=base,
        head=head,
        described=described,
        files=tuple(sorted(files, key=lambda file: file.path)),
        left_out=tuple(sorted(set(left_out), key=lambda gone: gone.path)),
        everything=everything,
    )


def _sorted_out(changes: Iterable[Change]) -> tuple[list[Change], list[LeftOut]]:
    """The regular files, and what can be left out without a look at it."""
    candidates, left_out = [], []
    for change in changes:
        if change.status == "U":
            raise FatalError(
                f"{change.path} has an unresolved merge conflict",
                "Resolve it, `git add` the file, and try again.",
            )
        if change.status == "R":
            left_out.append(LeftOut(change.base_path, f"it is renamed to {change.path}"))
        reason = _REASONS.get(change.status) or _REASONS.get(change.mode)
        if reason:
            left_out.append(LeftOut(change.path, reason))
        else:
            candidates.append(change)
    return candidates, left_out


def _file(change: Change, peek: bytes) -> ChangedFile:
    comparable = change.base_blob and change.base_mode not in (git.SYMLINK, git.SUBMODULE)
    return ChangedFile(
        path=change.path,
        blob=change.blob,
        base_path=change.base_path if comparable else "",
        base_blob=change.base_blob if comparable else "",
        language=language(change.path, peek),
    )


def _pointer(peek: bytes) -> str:
    is_pointer = peek.startswith(POINTER) and len(peek) <= POINTER_SIZE
    return _REASONS["pointer"] if is_pointer else ""


def _peeks(root: Path, changes: Sequence[Change]) -> dict[str, bytes]:
    """The content of those files whose name does not say what they are."""
    blobs = {change.path: change.blob for change in changes if change.blob}
    sizes = git.sizes(root, blobs.values())
    small = {path: blob for path, blob in blobs.items() if sizes[blob] <= _worth(path)}
    contents = git.contents(root, small.values())
    on_disk = (change.path for change in changes if not change.blob)
    return {
        **{path: contents[blob] for path, blob in small.items()},
        **{path: _read(root / path) for path in on_disk},
    }


def _worth(path: str) -> int:
    return SCRIPT_SIZE if needs_content(path) else POINTER_SIZE


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(POINTER_SIZE + 1)


def _marked(root: Path, paths: Sequence[str], head: str) -> dict[str, str]:
    """Why `.gitattributes` asks that a path be left alone, as it stands in what is judged."""
    if not paths:
        return {}
    if not head or head == git.text(root, "rev-parse", "HEAD"):
        return _attributes(root, paths, {})
    with tempfile.TemporaryDirectory(prefix="smokealarm-") as folder:
        # `git check-attr --source` needs git 2.40; a private index says the same on any git.
        index = {"GIT_INDEX_FILE": f"{folder}/index"}
        git.run(root, "read-tree", head, env=index)
        return _attributes(root, paths, index)


def _attributes(root: Path, paths: Sequence[str], env: dict[str, str]) -> dict[str, str]:
    names = b"".join(os.fsencode(path) + b"\0" for path in paths)
    command = ("check-attr", "--cached", "--stdin", "-z", *_ATTRIBUTES)
    fields = git.run(root, *command, stdin=names, env=env).split(b"\0")[:-1]
    answers = zip(fields[0::3], fields[1::3], fields[2::3])
    return {
        os.fsdecode(path): _REASONS[attribute.decode()]
        for path, attribute, value in answers
        if value in (b"set", b"true")
    }
