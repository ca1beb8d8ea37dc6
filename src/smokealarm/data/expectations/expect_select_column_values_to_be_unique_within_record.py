"""The check `expect_select_column_values_to_be_unique_within_record`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.record import IgnoreRow, few_records, of_row
from smokealarm.data.questions import RepeatedWithin


def check(
    *,
    column_list: list[str],
    ignore_row_if: IgnoreRow = "all_values_are_missing",
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """In each row no two of the columns have the same value.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_select_column_values_to_be_unique_within_record:
                  column_list: [first_choice, second_choice, third_choice]

    Options:
        column_list: the columns' names, as the file writes them.
        ignore_row_if: which rows do not count: all_values_are_missing (by default),
            any_value_is_missing, or never.
        mostly: the share of the rows that must be unique, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant, as `age > 5`; by default all.

    Each pair of columns is compared, and two missing values are the same: (null, null) is a repetition
    unless the row is ignored. 1 and 1.0 are the same, 1 and true as well; "1" and 1 are not.

    Source: great_expectations 1.24, ExpectSelectColumnValuesToBeUniqueWithinRecord.
    """
    question = of_row(column_list, RepeatedWithin(), ignore_row_if, row_condition, condition_parser)
    return few_records(
        question,
        mostly,
        "is the same in two of these columns",
        "Mend these rows, or leave those out that may repeat with `row_condition:`.",
    )
