"""The check `expect_column_distinct_values_to_be_in_set`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.set_difference import differs
from smokealarm.data.judging.types import there


def check(
    *,
    column: str,
    value_set: list[str | int | float | bool | None] | None,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each distinct value of the column is one of a set.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_distinct_values_to_be_in_set: {column: split, value_set: [train, test]}

    Options:
        column: the column's name, as the file writes it.
        value_set: the values that are right. No set (null), as profilers of great_expectations before
            1.0 wrote it, lets every value pass; an empty one none.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count, and a null in the set means nothing. Dates are written as texts,
    2026-01-31. 1 and 1.0 are the same; true is 1 in a column of numbers. A column without values
    passes. Numbers and texts differ, and so do decimals as great_expectations sees them: 0.1 in the
    set is not its 0.1 of decimals, and is ours.

    Source: great_expectations 1.24, ExpectColumnDistinctValuesToBeInSet.
    """
    where = parsed(row_condition, condition_parser)
    if value_set is None:
        return there(column)
    return differs(column, value_set, where, may_have_others=False, may_lack=True)
