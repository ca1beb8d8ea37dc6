"""The check `expect_column_values_to_be_between`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.columns import Kind, compares
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation, Seen
from smokealarm.data.judging.rows import few_rows, misfit, places
from smokealarm.data.options import check_bounds, check_moment, in_words
from smokealarm.data.questions import Faulty, Outside


def check(
    *,
    column: str,
    min_value: int | float | str | None = None,
    max_value: int | float | str | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each value of the column lies between two bounds.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_between: {column: age, min_value: 0, max_value: 120}
              - expect_column_values_to_be_between:
                  column: taken_on
                  min_value: "2020-01-01"
                  mostly: 0.99

    Options:
        column: the column's name, as the file writes it.
        min_value, max_value: numbers for a column of numbers; for dates and texts, texts in quotes
            (dates as 2026-01-31 or 2026-01-31 18:00:00, UTC). One may be left out.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        mostly: the share of the values that must lie in the range, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count. Infinities do: they lie outside unless their side is open. True counts
    as 1. Texts compare by code point. A column of another kind than the bounds is a failure, whatever
    its values, if it has any; great_expectations raises there, and takes no texts but dates. In a
    column of 32-bit numbers the bounds are rounded to 32 bits first.

    Source: great_expectations 1.24, ExpectColumnValuesToBeBetween.
    """
    check_bounds(min_value, max_value)
    question = Faulty(
        column,
        Outside(min_value, max_value, strict_min, strict_max),
        where=parsed(row_condition, condition_parser),
    )
    expectation = few_rows(
        question,
        mostly,
        f"is not {in_words(min_value, max_value, strict_min, strict_max)}",
        "Mend these values or leave their rows out; widen the range if they are right.",
    )

    def judge(answers: Answers) -> Iterator[Seen]:
        holds, tally = answers.columns[column], answers.of(question)
        if tally.missing == tally.rows:  # whatever the type of nothing is
            return
        for bound in (min_value, max_value):
            if holds.kind is Kind.MOMENT:
                check_moment(bound)
            if not compares(holds.kind, bound):
                what = "a text" if isinstance(bound, str) else "a number"
                where = _first(answers, question) if holds.kind is Kind.TEXT else ""
                yield misfit(holds, f"it does not compare with {bound!r}, {what}", where)
                return
        yield from expectation.judge(answers)

    return Expectation(questions=expectation.questions, judge=judge)


def _first(answers: Answers, question: Faulty) -> str:
    """The value that may have made text of a column of numbers."""
    examples = answers.examples(question)
    return f"; what does not fit is first at {places(examples, answers.table)}" if examples else ""
