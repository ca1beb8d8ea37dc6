"""The check `expect_column_values_to_be_in_set`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.kinds import few_members
from smokealarm.data.options import shown
from smokealarm.data.questions import Faulty, NotIn


def check(
    *,
    column: str,
    value_set: list[str | int | float | bool | None],
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each value of the column is one of a set.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_in_set: {column: label, value_set: [0, 1, 2]}
              - expect_column_values_to_be_in_set:
                  column: split
                  value_set: [train, test]
                  mostly: 0.99

    Options:
        column: the column's name, as the file writes it.
        value_set: the values that are right. Numbers and texts differ: "1" is not 1.
        mostly: the share of the values that must be in the set, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count, and a null in the set means nothing. Dates are written as texts,
    2026-01-31. 1 and 1.0 are the same; true is 1 in a column of numbers, and not where JSONL mixes it
    with others.

    Source: great_expectations 1.24, ExpectColumnValuesToBeInSet.
    """
    return few_members(
        Faulty(column, NotIn(tuple(value_set)), where=parsed(row_condition, condition_parser)),
        mostly,
        f"is none of {shown(value_set)}" if value_set else "is in no set: `value_set` is empty",
        "Mend these values, or add them to `value_set:` if they are right. "
        'Numbers and texts differ: "1" is not 1.',
    )
