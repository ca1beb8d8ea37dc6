"""A line that says what is being done, for whoever waits longer than two seconds."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from types import TracebackType
from typing import NamedTuple, TextIO

SOON = 2.0  # seconds without a word that people bear
OFTEN = 0.2  # seconds between two looks of a terminal's line
RARELY = 15.0  # seconds between two lines of a log
BAR = 20  # letters
SURE = 0.5  # seconds of counting before the time left is told


class Counted(NamedTuple):
    """How far a count has come, and where and when it began."""

    done: int
    of: int
    since: float
    first: int

    def left(self, now: float) -> float | None:
        """Seconds, at the pace so far; None while that cannot be told."""
        elapsed, steps = now - self.since, self.done - self.first
        return (self.of - self.done) * elapsed / steps if steps > 0 and elapsed >= SURE else None


class Progress:
    """Shows the last thing told: on a terminal in one line, in a log by a line now and then.

    A thread of its own shows it, so that telling costs nothing and a silent step is seen to last.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.on_terminal = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.message = ""
        self.counted: Counted | None = None
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
        self.message, self.counted = message, None

    def count(self, done: int, of: int) -> None:
        """So many parts of what was told last are done; how long the others take follows from it."""
        began = self.counted
        if began is None or done < began.done or of != began.of:  # another count has begun
            began = Counted(done, of, time.monotonic(), done)
        self.counted = began._replace(done=done)

    def _show(self) -> None:
        started = time.monotonic()
        wait = SOON
        while not self.over.wait(wait):
            wait = OFTEN if self.on_terminal else RARELY
            done = f" {self._done()}" if self.counted else ""
            self._write(f"{self.message}{done} ({time.monotonic() - started:.0f} s)")
        if self.on_terminal and wait != SOON:
            self._write("")

    def _done(self) -> str:
        """The bar where it can move, the numbers, and the time left once it can be told."""
        counted = self.counted
        if counted is None:
            return ""
        full = BAR * counted.done // max(counted.of, 1)
        bar = f"[{'#' * full}{'.' * (BAR - full)}] " if self.on_terminal else ""
        left = counted.left(time.monotonic())
        told = f", {left:.0f} s left" if left is not None else ""
        return f"{bar}{counted.done:,} of {counted.of:,}{told}"

    def _write(self, line: str) -> None:
        if self.on_terminal:
            width = shutil.get_terminal_size().columns - 1
            self.stream.write(f"\r\033[K{' '.join(line.split())[:width]}")
        else:
            self.stream.write(f"smokealarm: {line}\n")
        self.stream.flush()
