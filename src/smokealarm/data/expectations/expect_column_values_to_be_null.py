"""The check `expect_column_values_to_be_null`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.questions import Faulty, Present


def check(
    *,
    column: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """All values of the column are missing.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_null: {column: error}

    Options:
        column: the column's name, as the file writes it.
        mostly: the share of the rows that must be without a value, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    NaN is missing too, and so is what expect_column_values_to_not_be_null takes for missing in a CSV file.
    A table without rows passes.

    Source: great_expectations 1.24, ExpectColumnValuesToBeNull.
    """
    return few_rows(
        Faulty(column, Present(), where=parsed(row_condition, condition_parser)),
        mostly,
        "is there where none should be",
        "Find out why the column is filled; drop the check if its values are meant.",
    )
