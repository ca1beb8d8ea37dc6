"""A statistical profiler of lines: what another thread stands on is looked at, again and again."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

from smokealarm.child.stack import frame_at

OFTEN = 0.001  # seconds
SWITCH = 0.0005  # seconds after which a thread in Python code lets the sampler look


class Spot(NamedTuple):
    """A line of the user's, in this function."""

    path: str
    line: int
    function: str


class Sampler:
    """While it is entered, counts the user's innermost line on the stack of the thread that entered."""

    def __init__(self, root: Path) -> None:
        self.spots: Counter[Spot | None] = Counter()  # None: no line of the user's was on the stack
        self._root = root
        self._known: dict[CodeType, str | None] = {}
        self._thread = threading.get_ident()
        self._over = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Sampler:
        self._before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)
        self._sampler.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._sampler.join()
        sys.setswitchinterval(self._before)

    def _sample(self) -> None:
        while not self._over.wait(OFTEN):
            frame = sys._current_frames().get(self._thread)
            self.spots[self._spot(frame)] += 1

    def _spot(self, frame: FrameType | None) -> Spot | None:
        while frame is not None:
            if path := self._path(frame.f_code):
                return Spot(path, frame.f_lineno, frame.f_code.co_name)
            frame = frame.f_back
        return None

    def _path(self, code: CodeType) -> str | None:
        """Relative to the root, of code that is the user's."""
        if code not in self._known:
            frame = frame_at(code.co_filename, code.co_firstlineno, code.co_name, self._root)
            self._known[code] = frame.path if frame.in_repository else None
        return self._known[code]
