"""The check `expect_column_values_to_not_be_null`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.questions import Faulty, Missing


def check(
    *,
    column: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No value of the column is missing.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_not_be_null: {column: label}
              - expect_column_values_to_not_be_null: {column: age, mostly: 0.95}

    Options:
        column: the column's name, as the file writes it.
        mostly: the share of the rows that must have a value, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    NaN is missing too, in a file as in pandas. So is what `pandas.read_csv` takes for missing in CSV:
    an empty field, NA, N/A, NULL, null, NaN, None and their kin. An empty text in Parquet or JSONL is a
    value. A table without rows passes: ask expect_table_row_count_to_be_between as well.

    Source: great_expectations 1.24, ExpectColumnValuesToNotBeNull.
    """
    return few_rows(
        Faulty(column, Missing(), where=parsed(row_condition, condition_parser)),
        mostly,
        "is null",
        "Fill or drop these rows, or allow a share of them with `mostly:`.",
    )
