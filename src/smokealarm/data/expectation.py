"""The two halves of a check: what it asks of the table, and how it judges the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
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

    def lines(self, rows: Iterable[int]) -> Mapping[int, int]:
        """The lines of these rows, which count from 1, in a text file; elsewhere none."""

    def file(self, path: str) -> Path:
        """A file of the repository that is no table, as a lock; it may be missing."""

    def at(self, table: str) -> Answers:
        """The same of another table that a question named; of this one for ""."""


Seen = Union[Finding, Picture]
Judge = Callable[[Answers], Iterable[Seen]]


class Expectation(Struct, frozen=True, kw_only=True):
    """A check with its options: pure until an engine answers `questions` and `judge` is called."""

    judge: Judge
    questions: tuple[Question[Any], ...] = ()
    files: tuple[str, ...] = ()  # on which the verdict rests, beside the tables


class Suite(Struct, frozen=True, kw_only=True):
    """A file of great_expectations, each of whose expectations stands for a line of the configuration.

    `parameters` are the values of its `$PARAMETER`s.
    """

    file: str
    parameters: Mapping[str, Any]
