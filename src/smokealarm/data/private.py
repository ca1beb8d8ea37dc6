"""Columns whose values are nobody's business: they are judged, and never shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import structs

from smokealarm.data.columns import Column
from smokealarm.data.expectation import Answers, Seen
from smokealarm.data.planning import Planned
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Number, Question, RowCount
from smokealarm.finding import Finding

T = TypeVar("T")
HIDDEN = "(private)"
COUNTS = ("sum", "mean", "stdev", "distinct", "once", "missing")  # they tell of no single row
NUMBERS_ONLY = (int, float)


class Veiled:
    """Answers whose examples show no value of a private column."""

    def __init__(self, answers: Answers, private: Collection[str]) -> None:
        self._answers = answers
        self._private = private

    @property
    def table(self) -> str:
        return self._answers.table

    @property
    def columns(self) -> Mapping[str, Column]:
        return self._answers.columns

    def of(self, question: Question[T]) -> T:
        return self._answers.of(question)

    def examples(self, question: Faulty | FaultyRecord, at_most: int = 5) -> Sequence[Example]:
        found = self._answers.examples(question, at_most)
        if not touches(question, self._private):
            return found
        return [structs.replace(example, value=HIDDEN) for example in found]

    def lines(self, rows: Iterable[int]) -> Mapping[int, int]:
        return self._answers.lines(rows)

    def file(self, path: str) -> Path:
        return self._answers.file(path)

    def at(self, table: str) -> Answers:
        return Veiled(self._answers.at(table), self._private)


def hidden(planned: Planned, private: Collection[str]) -> Planned:
    """The same line of the configuration, which shows nothing of a private column."""
    expectation = planned.expectation
    shown = [name for name in private if any(_shows(one, name) for one in expectation.questions)]

    def judge(answers: Answers) -> Iterator[Seen]:
        for seen in expectation.judge(Veiled(answers, private)):
            if not shown:
                yield seen
            elif isinstance(seen, Finding):  # a picture is of nothing but values
                yield _without_values(seen, shown)

    return structs.replace(planned, expectation=structs.replace(expectation, judge=judge))


def touches(question: Question[Any], private: Collection[str]) -> bool:
    """Whether the question is about a private column."""
    return question.whole or any(name in private for name in question.columns)


def _shows(question: Question[Any], name: str) -> bool:
    """Whether the answer may hold values of the column, and not only how many there are."""
    if isinstance(question, (Faulty, FaultyRecord, RowCount)):
        return False
    if isinstance(question, Number) and question.statistic in COUNTS:
        return False
    return touches(question, (name,))


def _without_values(finding: Finding, hidden: Sequence[str]) -> Finding:
    """The message may quote a value anywhere, so none of it is kept; counts are."""
    numbers = {
        key: value
        for key, value in finding.evidence.items()
        if isinstance(value, NUMBERS_ONLY) and key.endswith(("_count", "_percent", "line", "row"))
    }
    return structs.replace(
        finding,
        message=f"{', '.join(hidden)}: this does not hold; the values are private and not shown",
        evidence={"column": ", ".join(hidden), **numbers},
        remedy="Look at the values where you may, or ask whoever may.",
    )
