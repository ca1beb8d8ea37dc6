"""The ways in which a child process ends other than well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from smokealarm.errors import Inconclusive, Place, SmokealarmError


class Frame(NamedTuple):
    """One level of a stack; the path is relative to the repository root where it is inside."""

    path: str
    line: int
    function: str
    in_repository: bool


def innermost(frames: Sequence[Frame]) -> Place | None:
    """The last line of the repository on a stack whose most recent call comes last."""
    ours = [frame for frame in frames if frame.in_repository]
    return Place(ours[-1].path, ours[-1].line) if ours else None


class Crash(SmokealarmError):
    """The code raised `kind`, saying `text`; `place` is its innermost line in the repository."""

    def __init__(self, kind: str, text: str, frames: Sequence[Frame], output: str = "") -> None:
        super().__init__(f"{kind}: {text}" if text else kind, place=innermost(frames))
        self.kind = kind
        self.text = text
        self.frames = tuple(frames)
        self.output = output


class Died(SmokealarmError):
    """The process ended without a word; `how` is a signal's name or an exit code."""

    def __init__(self, how: str, output: str, place: Place | None) -> None:
        super().__init__(f"the process that runs your code died: {how}", place=place)
        self.how = how
        self.output = output


class TimedOut(Inconclusive):
    """The time limit was met; `place` is where the code stood."""

    def __init__(self, seconds: float, output: str, place: Place | None) -> None:
        stood = f"; it stood at {place.path}:{place.line}" if place else ""
        super().__init__(
            f"your code was stopped at the time limit of {seconds:g} seconds{stood}",
            "Raise `timeout_minutes`, or give the check less to do.",
            place,
        )
        self.seconds = seconds
        self.output = output


class TooManyProcesses(Inconclusive):
    """The code started more processes than it may; `place` is where it stood."""

    def __init__(self, number: int, limit: int, output: str, place: Place | None) -> None:
        super().__init__(
            f"your code was stopped when it ran in {number:,} processes; {limit:,} are allowed",
            "Look for code that starts processes when it is imported: DataLoader workers and"
            ' multiprocessing want an `if __name__ == "__main__":` in the file that starts them.',
            place,
        )
        self.output = output


class OutOfMemory(Inconclusive):
    """There was not enough memory: ours to give, the machine's or the device's."""

    def __init__(self, message: str, output: str = "", place: Place | None = None) -> None:
        super().__init__(
            message,
            "Use a smaller batch or model for the smoke test, raise `memory_gb`, or run it on a"
            " machine with more memory.",
            place,
        )
        self.output = output
