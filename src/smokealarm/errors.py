"""The ways in which a check may end without a verdict on the thing it tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands: a file, relative to the repository root, and a 1-based position."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class SmokealarmError(Exception):
    """An ending with a reason, the place that it is about, and what to do next."""

    def __init__(self, message: str, remedy: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        what_to_do = f"\n  {self.remedy}" if self.remedy else ""
        return f"{where}{self.message}{what_to_do}"


class FatalError(SmokealarmError):
    """The user's configuration or usage is wrong, and only they can mend it (exit code 2)."""


class Inconclusive(SmokealarmError):
    """The check could not tell: out of time, memory, examples or luck (exit code 3).

    It says nothing about the thing tested, only why there is no answer and what would settle it.
    """


class Unasked(SmokealarmError):
    """The check was not put to the test here, and that is no doubt: it does not apply, or would cost more.

    Neither passed nor inconclusive: it is told among what was not run, with its reason.
    """


class FatalErrors(FatalError):
    """Several at once, so that the user mends them in one go."""

    def __init__(self, errors: Iterable[FatalError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))
