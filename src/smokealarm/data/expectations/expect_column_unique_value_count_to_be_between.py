"""The check `expect_column_unique_value_count_to_be_between`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.in_range import Range, number_in_range


def check(
    *,
    column: str,
    min_value: int | None = None,
    max_value: int | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The number of different values of the column lies in a range.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_unique_value_count_to_be_between:
                  column: label
                  min_value: 10
                  max_value: 10

    Options:
        column: the column's name, as the file writes it.
        min_value, max_value: the ends of the range; one may be left out.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        row_condition, condition_parser: which rows are meant; by default all.

    Exact, not estimated. Nulls and NaN are no values; a column without values has 0. -0.0 and 0.0
    are the same value. Lists and structures count as well, where great_expectations raises.

    Source: great_expectations 1.24, ExpectColumnUniqueValueCountToBeBetween.
    """
    return number_in_range(
        column,
        "distinct",
        "number of different values",
        Range(min_value, max_value, strict_min, strict_max),
        parsed(row_condition, condition_parser),
        "Look for new, lost or differently spelled values; widen the range if they are right.",
    )
