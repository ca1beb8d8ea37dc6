"""The check `expect_column_sum_to_be_between`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.in_range import Range, number_in_range


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
    """The sum of the column lies in a range.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_sum_to_be_between: {column: clicks, min_value: 1}

    Options:
        column: the column's name, as the file writes it.
        min_value, max_value: the ends of the range, in the column's unit; one may be left out, and
            without both it is enough that there is such a number.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count; no values add up to 0. Whole numbers and decimals of up to 28 digits
    are summed exactly, where pandas lets 64-bit numbers overflow without a word; others in 64-bit
    floating point with the error carried along. True counts as 1. Dates and texts have no sum.

    Source: great_expectations 1.24, ExpectColumnSumToBeBetween.
    """
    return number_in_range(
        column,
        "sum",
        "sum",
        Range(min_value, max_value, strict_min, strict_max),
        parsed(row_condition, condition_parser),
        "Look for rows lost or loaded twice and for a changed unit; widen the range if the new sum "
        "is right.",
    )
