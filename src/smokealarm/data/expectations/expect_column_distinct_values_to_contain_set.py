"""The check `expect_column_distinct_values_to_contain_set`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.set_difference import differs


def check(
    *,
    column: str,
    value_set: list[str | int | float | bool | None],
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The column holds every value of a set, and maybe others.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_distinct_values_to_contain_set: {column: split, value_set: [train, test]}

    Options:
        column: the column's name, as the file writes it.
        value_set: the values that must be there.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count, and a null in the set means nothing: great_expectations never finds
    it, and so fails. Dates are written as texts, 2026-01-31. 1 and 1.0 are the same.

    Source: great_expectations 1.24, ExpectColumnDistinctValuesToContainSet.
    """
    where = parsed(row_condition, condition_parser)
    return differs(column, value_set, where, may_have_others=True, may_lack=False)
