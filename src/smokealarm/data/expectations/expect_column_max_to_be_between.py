"""The check `expect_column_max_to_be_between`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.in_range import Range, number_in_range


def check(
    *,
    column: str,
    min_value: int | float | str | None = None,
    max_value: int | float | str | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The largest value of the column lies in a range.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_max_to_be_between: {column: age, min_value: 60, max_value: 120}

    Options:
        column: the column's name, as the file writes it.
        min_value, max_value: numbers for a column of numbers; for dates and texts, texts in quotes
            (dates as 2026-01-31 or 2026-01-31 18:00:00, UTC). One may be left out; without both
            it is enough that there is a value.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count, infinities do; without any value there is no maximum, which is a
    failure. True counts as 1. Texts compare by code point, decimals with the bound as written. A
    column of another kind than the bounds is a failure, where great_expectations raises, as it does
    for a day as the bound of a column of moments. In a column of 32-bit numbers the bounds are
    rounded to 32 bits first.

    Source: great_expectations 1.24, ExpectColumnMaxToBeBetween.
    """
    return number_in_range(
        column,
        "max",
        "maximum",
        Range(min_value, max_value, strict_min, strict_max),
        parsed(row_condition, condition_parser),
        "Look at the largest values and for a changed unit; widen the range if they are right.",
    )
