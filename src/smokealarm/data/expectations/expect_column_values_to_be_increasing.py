"""The check `expect_column_values_to_be_increasing`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.questions import Faulty, Unordered


def check(
    *,
    column: str,
    strictly: bool | None = False,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The column increases from row to row, or stays as it is.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_increasing: {column: taken_at, strictly: true}

    Options:
        column: the column's name, as the file writes it.
        strictly: true where no value may follow on itself.
        mostly: the share of the values that must follow in order, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Each value is compared with the one before it in the file; the smaller one of a pair that is out of order
    counts. Nulls and NaN are left out first. Texts compare by code point, where great_expectations raises;
    whole numbers compare to the last digit, where it rounds beyond 2**53; infinity after infinity is no
    step, where it has no answer and lets it pass.

    Source: great_expectations 1.24, ExpectColumnValuesToBeIncreasing.
    """
    return few_rows(
        Faulty(
            column,
            Unordered(descending=False, strictly=bool(strictly)),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        "is out of order",
        "Find what shuffled the rows or put an old part after a new one; sort the table if its "
        "order means something.",
    )
