"""A line that says what is being done, for whoever waits longer than two seconds."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from types import TracebackType
from typing import TextIO

SOON = 2.0  # seconds without a word that people bear
OFTEN = 0.2  # seconds between two looks of a terminal's line
RARELY = 15.0  # seconds between two lines of a log


class Progress:
    """Shows the last thing told: on a terminal in one line, in a log by a line now and then.

    A thread of its own shows it, so that telling costs nothing and a silent step is seen to last.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.on_terminal = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.message = ""
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._show, daemon=True)

    def __enter__(self) -> Progress:
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        frames: TracebackType | None,
    ) -> None:
        self.over.set()
        self.thread.join()

    def tell(self, message: str) -> None:
        """From now on, this is what is being done."""
        self.message = message

    def _show(self) -> None:
        started = time.monotonic()
        wait = SOON
        while not self.over.wait(wait):
            wait = OFTEN if self.on_terminal else RARELY
            self._write(f"{self.message} ({time.monotonic() - started:.0f} s)")
        if self.on_terminal and wait != SOON:
            self._write("")

    def _write(self, line: str) -> None:
        if self.on_terminal:
            width = shutil.get_terminal_size().columns - 1
            self.stream.write(f"\r\033[K{' '.join(line.split())[:width]}")
        else:
            self.stream.write(f"smokealarm: {line}\n")
        self.stream.flush()
