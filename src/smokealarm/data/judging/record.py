"""What the expectations about several columns of one row share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from smokealarm.data.columns import NUMBERS, Column, Kind, family
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation, Seen
from smokealarm.data.judging.rows import few_rows, misfit
from smokealarm.data.questions import FaultyRecord, Ignore, RecordFault
from smokealarm.errors import FatalError
from smokealarm.finding import Finding

IgnorePair = Literal["both_values_are_missing", "either_value_is_missing", "neither"]
IgnoreRow = Literal["all_values_are_missing", "any_value_is_missing", "never"]

Fits = Callable[[Sequence[Column]], "Finding | None"]


def of_pair(
    column_A: str,
    column_B: str,
    fault: RecordFault,
    ignore_row_if: IgnorePair,
    row_condition: RowCondition,
    condition_parser: str | None,
) -> FaultyRecord:
    """The question about two columns."""
    ignore: Ignore = "never" if ignore_row_if == "neither" else ignore_row_if
    where = parsed(row_condition, condition_parser)
    return FaultyRecord((column_A, column_B), fault, ignore, where=where)


def of_row(
    column_list: Sequence[str],
    fault: RecordFault,
    ignore_row_if: IgnoreRow,
    row_condition: RowCondition,
    condition_parser: str | None,
) -> FaultyRecord:
    """The question about a list of columns. Raises FatalError where the list cannot be meant."""
    if len(column_list) < 2:
        raise FatalError(
            f"`column_list: {list(column_list)}` is not several columns",
            "Name all columns that belong together; single ones have expectations of their own.",
        )
    twice = [name for at, name in enumerate(column_list) if name in column_list[:at]]
    if twice:
        raise FatalError(
            f"`column_list` names {twice[0]!r} twice", "Name every column once, or another one."
        )
    where = parsed(row_condition, condition_parser)
    return FaultyRecord(tuple(column_list), fault, ignore_row_if, where=where)


def few_records(
    question: FaultyRecord, mostly: float, wrong: str, remedy: str, fits: Fits | None = None
) -> Expectation:
    """`few_rows` of records, unless `fits` says that the columns' types rule out an answer."""
    expectation = few_rows(question, mostly, wrong, remedy)

    def judge(answers: Answers) -> Iterator[Seen]:
        tally = answers.of(question)
        unfit = fits([answers.columns[name] for name in question.names]) if fits else None
        if unfit and tally.missing < tally.rows:
            yield unfit
        else:
            yield from expectation.judge(answers)

    return Expectation(questions=expectation.questions, judge=judge)


def numbers(columns: Sequence[Column]) -> Finding | None:
    """Only numbers add up."""
    for column in columns:
        if column.kind not in NUMBERS:
            return misfit(column, "only numbers add up")
    return None


def in_order(columns: Sequence[Column]) -> Finding | None:
    """Numbers compare with numbers, texts with texts, dates with dates."""
    one, other = columns
    if family(one) != family(other) or one.kind is Kind.OTHER:
        return misfit(one, f"it does not compare with {other}")
    return None
