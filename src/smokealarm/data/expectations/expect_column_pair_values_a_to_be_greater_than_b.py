"""The check `expect_column_pair_values_a_to_be_greater_than_b`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.record import IgnorePair, few_records, in_order, of_pair
from smokealarm.data.questions import NotAbove


def check(
    *,
    column_A: str,
    column_B: str,
    or_equal: bool | None = None,
    ignore_row_if: IgnorePair = "both_values_are_missing",
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """In each row the value of one column is greater than that of another.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_pair_values_a_to_be_greater_than_b: {column_A: end, column_B: start}

    Options:
        column_A, column_B: the columns' names, as the file writes them.
        or_equal: true lets the two be equal; false by default.
        ignore_row_if: which rows do not count: both_values_are_missing (by default),
            either_value_is_missing, or neither.
        mostly: the share of the rows that must be in this order, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant, as `age > 5`; by default all.

    A row where only one of the two is missing is wrong, unless it is ignored. Numbers compare with
    numbers, texts with texts by code point, dates with dates; columns of two kinds are a failure.

    Source: great_expectations 1.24, ExpectColumnPairValuesAToBeGreaterThanB.
    """
    question = of_pair(
        column_A, column_B, NotAbove(bool(or_equal)), ignore_row_if, row_condition, condition_parser
    )
    return few_records(
        question,
        mostly,
        f"does not have {column_A} {'>=' if or_equal else '>'} {column_B}",
        "Mend these rows; or write `or_equal: true` if the two may be equal.",
        in_order,
    )
