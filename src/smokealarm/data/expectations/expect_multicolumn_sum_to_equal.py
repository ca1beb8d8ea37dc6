"""The check `expect_multicolumn_sum_to_equal`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.record import IgnoreRow, few_records, numbers, of_row
from smokealarm.data.questions import SumIsNot


def check(
    *,
    column_list: list[str],
    sum_total: float,
    ignore_row_if: IgnoreRow = "all_values_are_missing",
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """In each row the columns' values add up to a total.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_multicolumn_sum_to_equal:
                  column_list: [share_a, share_b, share_c]
                  sum_total: 100

    Options:
        column_list: the columns' names, as the file writes them.
        sum_total: the total.
        ignore_row_if: which rows do not count: all_values_are_missing (by default),
            any_value_is_missing, or never.
        mostly: the share of the rows that must add up, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant, as `age > 5`; by default all.

    Where one value is missing there is no sum, and the row is wrong unless it is ignored. Whole numbers
    add up exactly, however large. Fractions are 64-bit numbers, which miss 0.3 by a hair at 0.1 + 0.2:
    decimals (Parquet's DECIMAL) do not, here, where great_expectations finds no decimal equal to 0.3.
    True counts as 1. Columns of texts or dates are a failure.

    Source: great_expectations 1.24, ExpectMulticolumnSumToEqual.
    """
    question = of_row(
        column_list, SumIsNot(sum_total), ignore_row_if, row_condition, condition_parser
    )
    return few_records(
        question,
        mostly,
        f"does not add up to {sum_total:g}",
        "Mend these rows, or the total; allow a few with `mostly:` where values were rounded.",
        numbers,
    )
