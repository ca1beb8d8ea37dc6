"""What was found out before: a store addressed by content, so that it is never out of date.

The key of an answer is a hash of everything that the answer follows from. Each answer is a file of
its own, written in one step: parallel runs and a kill at any moment cannot hurt it, and what cannot
be read or written is found out again.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from smokealarm.results import write_atomically

DAY = 24 * 60 * 60
KEPT_DAYS = 30


class Store:
    """Answers under a folder. Where that cannot be used, nothing is remembered and nothing fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def is_empty(self) -> bool:
        """Whether nothing was ever kept."""
        return not self.folder.exists()

    def recall(self, key: str) -> bytes | None:
        """The answer, or None where it is not known."""
        with suppress(OSError):
            return self._path(key).read_bytes()
        return None

    def keep(self, key: str, answer: bytes) -> None:
        """Remember the answer, if that is possible."""
        with suppress(OSError):  # a full disk, a folder of somebody else
            write_atomically(self._path(key), answer)

    def forget_the_old(self) -> None:
        """Once a day, drop what was not written for a month."""
        marker, now = self.folder / "swept", time.time()
        with suppress(OSError):
            if marker.exists() and now - marker.stat().st_mtime < DAY:
                return
            write_atomically(marker, b"")
            for path in self.folder.glob("*/*"):
                if now - path.stat().st_mtime > KEPT_DAYS * DAY:
                    path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]


def default_folder() -> Path:
    """`$SMOKEALARM_CACHE`, else where this user's programs keep what they can make again."""
    chosen = os.environ.get("SMOKEALARM_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(chosen) if chosen else Path(home) / "smokealarm" / "style"
