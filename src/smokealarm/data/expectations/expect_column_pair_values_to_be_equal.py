"""The check `expect_column_pair_values_to_be_equal`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.record import IgnorePair, few_records, of_pair
from smokealarm.data.questions import Unequal


def check(
    *,
    column_A: str,
    column_B: str,
    ignore_row_if: IgnorePair = "both_values_are_missing",
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """In each row two columns have the same value.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_pair_values_to_be_equal: {column_A: label, column_B: reviewed_label}

    Options:
        column_A, column_B: the columns' names, as the file writes them.
        ignore_row_if: which rows do not count: both_values_are_missing (by default),
            either_value_is_missing, or neither.
        mostly: the share of the rows that must be equal, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant, as `age > 5`; by default all.

    A missing value equals nothing, not even another missing one. 1 and 1.0 are equal; a text and a
    number are not, and neither are values of two other kinds.

    Source: great_expectations 1.24, ExpectColumnPairValuesToBeEqual.
    """
    question = of_pair(
        column_A, column_B, Unequal(), ignore_row_if, row_condition, condition_parser
    )
    return few_records(
        question,
        mostly,
        f"does not have {column_A} = {column_B}",
        "Mend these rows, or leave those out that may differ with `row_condition:`.",
    )
