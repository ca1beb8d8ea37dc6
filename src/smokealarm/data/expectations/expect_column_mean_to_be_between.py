"""The check `expect_column_mean_to_be_between`."""

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
    """The mean of the column lies in a range.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_mean_to_be_between: {column: age, min_value: 30, max_value: 50}

    Options:
        column: the column's name, as the file writes it.
        min_value, max_value: numbers for a column of numbers; for dates, texts in quotes
            (as 2026-01-31 or 2026-01-31 18:00:00, UTC). One may be left out; without both
            it is enough that there is a value.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count. Without any value there is no mean, which is a failure; so is a mean
    of infinities of both signs. True counts as 1 and false as 0. Whole numbers and decimals of up
    to 28 digits are summed exactly, others in 64-bit floating point with the error carried along.
    The mean of dates is a moment. Texts have no mean.

    Source: great_expectations 1.24, ExpectColumnMeanToBeBetween.
    """
    return number_in_range(
        column,
        "mean",
        "mean",
        Range(min_value, max_value, strict_min, strict_max),
        parsed(row_condition, condition_parser),
        "Look for a changed unit or scale and for missing parts of the data; widen the range if the "
        "new mean is right.",
    )
