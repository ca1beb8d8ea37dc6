"""Checks about some of the rows: every question about the case's own table gets one condition more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import structs

from smokealarm.data.columns import Column
from smokealarm.data.conditions.where import Condition, Every
from smokealarm.data.expectation import Answers, Expectation, Seen
from smokealarm.data.planning import Planned
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Question

T = TypeVar("T")
Q = TypeVar("Q", bound=Question[Any])


def narrowed(planned: Planned, unread: Condition) -> Planned:
    """The same line of the configuration, about the rows for which the condition holds."""
    expectation = planned.expectation

    def judge(answers: Answers) -> Iterable[Seen]:
        return expectation.judge(_Narrowed(answers, unread))

    questions = tuple(_about(question, unread) for question in expectation.questions)
    return structs.replace(planned, expectation=Expectation(judge=judge, questions=questions))


def _about(question: Q, unread: Condition) -> Q:
    """A table beside the case's own, as the reference of a drift, is read whole."""
    if question.table:
        return question
    where = Every((unread, question.where)) if question.where else unread
    return structs.replace(question, where=where)


class _Narrowed:
    """Answers that are found by the question as the check knows it."""

    def __init__(self, answers: Answers, unread: Condition) -> None:
        self._answers = answers
        self._unread = unread

    @property
    def table(self) -> str:
        return self._answers.table

    @property
    def columns(self) -> Mapping[str, Column]:
        return self._answers.columns

    def of(self, question: Question[T]) -> T:
        return self._answers.of(_about(question, self._unread))

    def examples(self, question: Faulty | FaultyRecord, at_most: int = 5) -> Sequence[Example]:
        return self._answers.examples(_about(question, self._unread), at_most)

    def lines(self, rows: Iterable[int]) -> Mapping[int, int]:
        return self._answers.lines(rows)

    def file(self, path: str) -> Path:
        return self._answers.file(path)

    def at(self, table: str) -> Answers:
        return _Narrowed(self._answers.at(table), self._unread)
