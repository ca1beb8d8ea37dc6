"""The check `expect_compound_columns_to_be_unique`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.record import IgnoreRow, few_records, of_row
from smokealarm.data.questions import RecordRepeated


def check(
    *,
    column_list: list[str],
    ignore_row_if: IgnoreRow = "all_values_are_missing",
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No combination of the columns' values stands in two rows.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_compound_columns_to_be_unique: {column_list: [patient, visit]}

    Options:
        column_list: the columns' names, as the file writes them.
        ignore_row_if: which rows do not count: all_values_are_missing (by default),
            any_value_is_missing, or never.
        mostly: the share of the rows that must be unique, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant, as `age > 5`; by default all.

    Every row of a combination that repeats counts, the first as well. Missing values are equal to each
    other here: (1, null) twice is a repetition. Lists and structs are compared too, which
    great_expectations cannot.

    Source: great_expectations 1.24, ExpectCompoundColumnsToBeUnique.
    """
    question = of_row(column_list, RecordRepeated(), ignore_row_if, row_condition, condition_parser)
    return few_records(
        question,
        mostly,
        "stands in more than one row",
        "Drop the copies (rows loaded twice, a join that fans out), or add the column that tells them apart.",
    )
