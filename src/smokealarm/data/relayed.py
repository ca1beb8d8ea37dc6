"""Answers passed on: for whoever asks in other words than the check, or shows less of what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, Union

from smokealarm.data.columns import Column
from smokealarm.data.expectation import Answers
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Question

T = TypeVar("T")
Rows = Union[Faulty, FaultyRecord]
Put = Callable[[Any], Any]
Show = Callable[[Rows, Sequence[Example]], Sequence[Example]]


def _as_it_is(question: Any) -> Any:
    return question


def _as_they_are(question: Rows, found: Sequence[Example]) -> Sequence[Example]:
    return found


class Relayed:
    """Answers of other answers, and of those of the tables beside them.

    - `put`: the question that is asked in the place of a check's own
    - `show`: what a check gets to see of the rows that were found
    """

    def __init__(self, answers: Answers, put: Put = _as_it_is, show: Show = _as_they_are) -> None:
        self._answers = answers
        self._put = put
        self._show = show

    @property
    def table(self) -> str:
        return self._answers.table

    @property
    def columns(self) -> Mapping[str, Column]:
        return self._answers.columns

    def of(self, question: Question[T]) -> T:
        found: T = self._answers.of(self._put(question))
        return found

    def examples(self, question: Rows, at_most: int = 5) -> Sequence[Example]:
        return self._show(question, self._answers.examples(self._put(question), at_most))

    def lines(self, rows: Iterable[int]) -> Mapping[int, int]:
        return self._answers.lines(rows)

    def file(self, path: str) -> Path:
        return self._answers.file(path)

    def at(self, table: str) -> Answers:
        return Relayed(self._answers.at(table), self._put, self._show)
