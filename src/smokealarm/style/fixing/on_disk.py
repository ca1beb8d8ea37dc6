"""Writing mended files where their owner works: each in one step, so that it is the old or the new.

The new bytes are first written into the repository's own folder, `.git`, so that not even a kill
leaves anything in the work tree; what it leaves there goes with a later run.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from smokealarm import git
from smokealarm.style.fixing.staged import Draft, LeftAlone, Why

_RACED = Why("it was edited in the meantime", "Run this again.")
_PREFIX = "smokealarm-mending-"
_DAY = 24 * 60 * 60
_INTERRUPTS = {signal.SIGINT, signal.SIGTERM}


def write(root: Path, drafts: Iterable[Draft]) -> list[LeftAlone]:
    """Write the drafts; told are those that could not be written. An interrupt ends it between two."""
    home = Path(git.text(root, "rev-parse", "--absolute-git-dir"))
    left: list[LeftAlone] = []
    with _undisturbed(), _room(home) as room:
        for draft in drafts:
            if signal.sigpending() & _INTERRUPTS:
                break
            try:
                if not _replace(root / draft.path, draft, room):
                    left.append(LeftAlone(draft.path, _RACED))
            except OSError as error:
                reason = f"it cannot be written: {(error.strerror or str(error)).lower()}"
                left.append(LeftAlone(draft.path, Why(reason, "It is as it was; run this again.")))
    return left


@contextmanager
def _undisturbed() -> Iterator[None]:
    """An interrupt waits until the file in hand is written and the room is gone, and comes then."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _room(home: Path) -> Iterator[Path | None]:
    """A folder for the new bytes; None where git's own folder may not be written."""
    for left in home.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _DAY:
                shutil.rmtree(left)
    try:
        room = tempfile.TemporaryDirectory(dir=home, prefix=_PREFIX, ignore_cleanup_errors=True)
    except OSError:
        yield None
        return
    with room as name:
        yield Path(name)


def _replace(path: Path, draft: Draft, room: Path | None) -> bool:
    """Whether it was done. A work tree on another disk than its repository needs the file's folder."""
    try:
        return _put(path, draft, room or path.parent)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    return _put(path, draft, path.parent)


def _put(path: Path, draft: Draft, folder: Path) -> bool:
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{_PREFIX}")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(draft.new)
            file.flush()
            os.fsync(handle)
        _belong(name, path)
        if path.read_bytes() != draft.old:
            return False
        os.replace(name, path)
        return True
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _belong(name: str, path: Path) -> None:
    """Give the new file the owner, the mode and the attributes of the old one, but the time of now."""
    about = path.stat()
    with suppress(PermissionError):  # not ours to give away: then it is the writer's, as with git
        os.chown(name, about.st_uid, about.st_gid)
    shutil.copystat(path, name)
    os.utime(name)
