"""Commits of our own, made beside the user's index and working tree, and taken over in one step."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from smokealarm import git
from smokealarm.errors import FatalError

# One process for both, in a session of its own: whoever kills us does not stop it half-way.
# `read-tree` refuses, before it changes anything, where it would overwrite what is not committed.
_MOVE = 'git read-tree -m -u "$1" "$2" && git update-ref -m "$3" HEAD "$2" "$1"'
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def committed(root: Path, parent: str, files: Mapping[str, bytes], message: str) -> str:
    """A commit on top of the parent in which these files have these contents. No branch moves."""
    modes = {entry.path: entry.mode for entry in git.entries(root, parent, sorted(files))}
    with tempfile.TemporaryDirectory(prefix="smokealarm-") as folder:
        blobs = _stored(root, files, Path(folder))
        index = {"GIT_INDEX_FILE": f"{folder}/index"}
        git.run(root, "read-tree", parent, env=index)
        records = b"".join(
            f"{modes.get(path, '100644')} {blob}\t".encode() + os.fsencode(path) + b"\0"
            for path, blob in blobs.items()
        )
        git.run(root, "update-index", "-z", "--index-info", stdin=records, env=index)
        tree = git.run(root, "write-tree", env=index).decode().strip()
    sign = ["-S"] if _signs(root) else []
    made = git.run(
        root, "commit-tree", *sign, "-p", parent, "-F", "-", tree, stdin=message.encode()
    )
    return made.decode().strip()


def taken_over(root: Path, old: str, new: str, why: str) -> None:
    """Move the branch, the index and the working tree from old to new.

    What is not committed in other files stays. Raises FatalError, with nothing moved, where git
    refuses.
    """
    git.attempt(root, "update-index", "-q", "--refresh")
    command = ["sh", "-c", _MOVE, "sh", old, new, why]
    with _uninterrupted():
        done = subprocess.run(
            command,
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
        )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise FatalError(
            f"git would not take the commits over: {said}",
            "Nothing was changed. Commit or put away what is in the way, and try again.",
        )


def _stored(root: Path, files: Mapping[str, bytes], folder: Path) -> dict[str, str]:
    """The blob of each content, now in the repository: without a commit, git forgets it one day."""
    drafts = []
    for number, content in enumerate(files.values()):
        draft = folder / str(number)
        draft.write_bytes(content)
        drafts.append(str(draft))
    asked = "".join(f"{draft}\n" for draft in drafts).encode()
    answer = git.run(root, "hash-object", "-w", "--no-filters", "--stdin-paths", stdin=asked)
    return dict(zip(files, answer.decode().split()))


def _signs(root: Path) -> bool:
    """Whether the user signs commits, which plumbing does only when told."""
    return git.attempt(root, "config", "--type=bool", "commit.gpgsign") == b"true\n"


@contextmanager
def _uninterrupted() -> Iterator[None]:
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
