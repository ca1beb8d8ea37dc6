"""Two questions at once, where neither answer is needed for the other: git makes us wait for each."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Meanwhile(Generic[T]):
    """A question that is asked in a thread of its own, until somebody wants the answer."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._found: list[T] = []
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run)
        self._thread.start()

    def answer(self) -> T:
        """What the question came to, or the error that it raised."""
        self._thread.join()
        if self._error:
            raise self._error
        return self._found[0]

    def _run(self) -> None:
        try:
            self._found.append(self._ask())
        except BaseException as error:
            self._error = error
