"""The two halves of a check: what it asks of the table, and how it judges the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from smokealarm.data.columns import Column
from smokealarm.data.questions import Example, Faulty, Mean, Question, Tally
from smokealarm.finding import Finding


class Answers(Protocol):
    """What a table answered. Only questions that were planned are answered."""

    @property
    def table(self) -> str:
        """The table as the user wrote it."""

    @property
    def columns(self) -> Mapping[str, Column]: ...

    def rows(self) -> int: ...

    def tally(self, question: Faulty) -> Tally: ...

    def mean(self, question: Mean) -> float | None:
        """The mean, or None where there are no numbers to take it of."""

    def examples(self, question: Faulty) -> Sequence[Example]:
        """The first few rows that have the fault."""


class Expectation(Struct, frozen=True, kw_only=True):
    """A check with its options: pure until an engine answers `questions` and `judge` is called."""

    judge: Callable[[Answers], Iterable[Finding]]
    questions: tuple[Question, ...] = ()
