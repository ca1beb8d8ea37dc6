"""The last of what a process prints: it may print gigabytes, we keep twenty kilobytes."""

from __future__ import annotations

import os
from threading import Thread
from typing import IO

KEPT = 20_000


class Tail:
    """Drains a pipe in a thread of its own, so that whoever prints never waits for us."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = b""
        self._thread = Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while piece := os.read(self._pipe.fileno(), 1 << 16):
            self._kept = (self._kept + piece)[-KEPT:]

    def text(self) -> str:
        return self._kept.decode("utf-8", "replace")

    def wait(self, seconds: float = 1.0) -> None:
        """Until every writer has closed the pipe. A stray that keeps it open does not keep us."""
        self._thread.join(seconds)
        if not self._thread.is_alive():
            self._pipe.close()
