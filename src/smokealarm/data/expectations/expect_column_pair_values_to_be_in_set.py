"""The check `expect_column_pair_values_to_be_in_set`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.record import IgnorePair, few_records, of_pair
from smokealarm.data.questions import NotPaired, Value
from smokealarm.errors import FatalError


def check(
    *,
    column_A: str,
    column_B: str,
    value_pairs_set: list[list[str | int | float | bool | None]],
    ignore_row_if: IgnorePair = "both_values_are_missing",
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """In each row the pair of two columns' values is one of a set.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_pair_values_to_be_in_set:
                  column_A: country
                  column_B: currency
                  value_pairs_set: [[DE, EUR], [FR, EUR], [CH, CHF]]

    Options:
        column_A, column_B: the columns' names, as the file writes them.
        value_pairs_set: the pairs that are right. null in a pair means a missing value.
        ignore_row_if: which rows do not count: both_values_are_missing (by default),
            either_value_is_missing, or neither.
        mostly: the share of the rows that must hold one of the pairs, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant, as `age > 5`; by default all.

    Numbers and texts differ: "1" is not 1; 1 and 1.0 are the same. Dates are written as texts,
    2026-01-31; great_expectations finds no text equal to a date. Where both values are missing the row
    does not count, whatever the set holds, unless `ignore_row_if: neither`.

    Source: great_expectations 1.24, ExpectColumnPairValuesToBeInSet.
    """
    pairs = tuple(_pair(pair) for pair in value_pairs_set)
    question = of_pair(
        column_A, column_B, NotPaired(pairs), ignore_row_if, row_condition, condition_parser
    )
    return few_records(
        question,
        mostly,
        "is none of the pairs",
        "Mend these rows, or add the pair to `value_pairs_set:` if it is right.",
    )


def _pair(pair: list[Value]) -> tuple[Value, Value]:
    if len(pair) != 2:
        raise FatalError(
            f"`value_pairs_set` holds {pair!r}, which is no pair",
            "Write two values each: [[DE, EUR], [CH, CHF]].",
        )
    return pair[0], pair[1]
