"""The check `expect_column_value_lengths_to_be_between`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.options import check_bounds, in_words
from smokealarm.data.questions import Faulty, LengthOutside


def check(
    *,
    column: str,
    min_value: int | None = None,
    max_value: int | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each value of the column has a length between two numbers.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_value_lengths_to_be_between: {column: text, min_value: 1, max_value: 2000}

    Options:
        column: the column's name, as the file writes it.
        min_value, max_value: numbers of characters; one may be left out.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        mostly: the share of the values that must be so long, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count; an empty text has length 0. A character is a code point, as in Python's
    `len`: an emoji of several counts several. Numbers and dates are as long as Python prints them. A list
    is as long as it has elements; great_expectations prints the list and counts those characters.

    Source: great_expectations 1.24, ExpectColumnValueLengthsToBeBetween.
    """
    check_bounds(min_value, max_value)
    question = Faulty(
        column,
        LengthOutside(min_value, max_value, strict_min, strict_max),
        where=parsed(row_condition, condition_parser),
    )
    return few_rows(
        question,
        mostly,
        f"is not {in_words(min_value, max_value, strict_min, strict_max)} long",
        "Look for cut texts, padding and merged fields; widen the range if the lengths are right.",
    )
