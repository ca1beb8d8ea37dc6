"""How far the fit has come, told a few times a second to whoever waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

OFTEN = 0.25  # seconds


class Watch:
    """Finds no fact: it counts the steps for the people."""

    def __init__(self, count: Callable[[int, int], None], steps: int) -> None:
        self._count = count
        self._steps = steps  # in a window of the fit, after which it may go on for another
        self._told = time.monotonic()

    @contextmanager
    def listening(self) -> Iterator[None]:
        yield

    def before_step(self, number: int, batch: Any) -> None:
        """The steps are counted when they are done."""

    def after_step(self, number: int, loss: float) -> None:
        if time.monotonic() - self._told >= OFTEN:
            self._told = time.monotonic()
            self._count(number, -(-number // self._steps) * self._steps)

    def seen(self) -> None:
        return None
