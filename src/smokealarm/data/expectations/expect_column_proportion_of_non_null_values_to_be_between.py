"""The check `expect_column_proportion_of_non_null_values_to_be_between`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.in_range import Range, share_in_range
from smokealarm.data.options import check_bounds
from smokealarm.data.questions import Faulty, Missing
from smokealarm.finding import Finding


def check(
    *,
    column: str,
    min_value: int | float | None = None,
    max_value: int | float | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The share of rows that have a value in the column lies in a range.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_proportion_of_non_null_values_to_be_between:
                  column: score
                  min_value: 0.9
                  max_value: 0.99

    Options:
        column: the column's name, as the file writes it.
        min_value, max_value: the ends of the range, from 0 to 1; one may be left out.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        row_condition, condition_parser: which rows are meant; by default all.

    NaN counts as null. A table without rows has the share 0.

    Source: great_expectations 1.24, ExpectColumnProportionOfNonNullValuesToBeBetween.
    """
    check_bounds(min_value, max_value, open_ended=True)
    question = Faulty(column, Missing(), where=parsed(row_condition, condition_parser))
    wanted = Range(min_value, max_value, strict_min, strict_max)

    def judge(answers: Answers) -> Iterator[Finding]:
        tally = answers.of(question)
        share = (tally.rows - tally.missing) / (tally.rows or 1)
        yield from share_in_range(
            column,
            "share of rows with a value",
            share,
            wanted,
            "Find out what emptied the column, or filled it; widen the range if that is right.",
        )

    return Expectation(questions=(question,), judge=judge)
