"""The check `expect_multicolumn_values_to_be_equal`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.record import IgnoreRow, few_records, of_row
from smokealarm.data.questions import Unequal


def check(
    *,
    column_list: list[str],
    ignore_row_if: IgnoreRow = "all_values_are_missing",
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """In each row all of the columns have the same value.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_multicolumn_values_to_be_equal: {column_list: [label, first_vote, second_vote]}

    Options:
        column_list: the columns' names, as the file writes them.
        ignore_row_if: which rows do not count: all_values_are_missing (by default),
            any_value_is_missing, or never.
        mostly: the share of the rows that must be equal, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant, as `age > 5`; by default all.

    Two missing values are equal here, and one missing value differs from one that is there. 1 and 1.0 are
    equal; a text and a number are not.

    Source: great_expectations 1.24, ExpectMulticolumnValuesToBeEqual.
    """
    question = of_row(
        column_list, Unequal(missing_are_equal=True), ignore_row_if, row_condition, condition_parser
    )
    return few_records(
        question,
        mostly,
        "does not have one value in all of these columns",
        "Mend these rows, or leave those out that may differ with `row_condition:`.",
    )
