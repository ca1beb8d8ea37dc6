"""The two halves of a check: what it asks of the table, and how it judges the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, Union

from msgspec import Struct

from smokealarm.data.columns import Column
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Question
from smokealarm.finding import Finding, Picture

T = TypeVar("T")


class Answers(Protocol):
    """What a table answered. Only questions that were planned are answered."""

    @property
    def table(self) -> str:
        """The table as the user wrote it."""

    @property
    def columns(self) -> Mapping[str, Column]:
        """Its columns by name, in their order."""

    def of(self, question: Question[T]) -> T:
        """The answer. Raises Inconclusive where the engine cannot tell, with the reason."""

    def examples(self, question: Faulty | FaultyRecord, at_most: int = 5) -> Sequence[Example]:
        """The first rows that have the fault."""

    def at(self, table: str) -> Answers:
        """The same of another table that a question named; of this one for ""."""


Seen = Union[Finding, Picture]
Judge = Callable[[Answers], Iterable[Seen]]


class Expectation(Struct, frozen=True, kw_only=True):
    """A check with its options: pure until an engine answers `questions` and `judge` is called."""

    judge: Judge
    questions: tuple[Question[Any], ...] = ()
