"""The check `expect_column_values_to_be_unique`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.questions import Faulty, Repeated


def check(
    *,
    column: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No value of the column stands in two rows.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_unique: {column: id}

    Options:
        column: the column's name, as the file writes it.
        mostly: the share of the values that must be unique, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count. Every row of a value that repeats counts, the first as well: of 7, 7, 8
    two are not unique. Exact, by counts of the distinct values.

    Source: great_expectations 1.24, ExpectColumnValuesToBeUnique.
    """
    return few_rows(
        Faulty(column, Repeated(), where=parsed(row_condition, condition_parser)),
        mostly,
        "stands in more than one row",
        "Drop the copies (rows loaded twice, a join that fans out), or the check if values may "
        "repeat.",
    )
