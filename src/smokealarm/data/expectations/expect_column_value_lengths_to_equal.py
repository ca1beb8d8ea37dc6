"""The check `expect_column_value_lengths_to_equal`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.options import check_bounds
from smokealarm.data.questions import Faulty, LengthOutside


def check(
    *,
    column: str,
    value: float,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each value of the column has the same given length.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_value_lengths_to_equal: {column: country, value: 2}

    Options:
        column: the column's name, as the file writes it.
        value: the number of characters.
        mostly: the share of the values that must be so long, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    What a length is, stands at expect_column_value_lengths_to_be_between. Nulls and NaN do not count.

    Source: great_expectations 1.24, ExpectColumnValueLengthsToEqual.
    """
    check_bounds(value, value)
    question = Faulty(
        column,
        LengthOutside(value, value),
        where=parsed(row_condition, condition_parser),
    )
    return few_rows(
        question,
        mostly,
        f"is not {value:g} long",
        "Look for cut texts, padding and merged fields; mend `value:` if the length changed.",
    )
