"""The check `expect_column_values_to_not_be_outliers`."""

from __future__ import annotations

import math
from typing import Literal

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.kinds import few_numbers
from smokealarm.data.questions import Faulty, Outlying
from smokealarm.errors import FatalError


def check(
    *,
    column: str,
    method: Literal["iqr", "std"] = "iqr",
    multiplier: float = 1.5,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No value of the column lies far outside of where most of them lie.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_not_be_outliers: {column: price, multiplier: 3, mostly: 0.99}

    Options:
        column: the column's name, as the file writes it.
        method: `iqr` for Tukey's fences: the quartiles, and from there the multiple of their distance.
            `std` for the mean, and from there the multiple of the standard deviation.
        multiplier: how many of them, 0 or more.
        mostly: the share of the values that must lie inside, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Healthy data has outliers: beyond 1.5 times the distance of the quartiles lie 0.7 % of a normal
    distribution, and far more of a skewed one. Allow a share with `mostly:`. Nulls and NaN do not count. A
    value on a fence is inside; a value at the multiple of the deviation is outside. The quartiles are
    interpolated as numpy's `linear`. Without a deviation (one value, an infinity) `std` passes. True counts
    as 1; great_expectations raises on booleans, decimals and dates.

    Source: great_expectations 1.24, ExpectColumnValuesToNotBeOutliers.
    """
    if not 0 <= multiplier < math.inf:
        raise FatalError(
            f"`multiplier: {multiplier:g}` is no multiple", "Write a number from 0 on, such as 1.5."
        )
    spread = "distances of the quartiles" if method == "iqr" else "standard deviations"
    return few_numbers(
        Faulty(
            column,
            Outlying(method, multiplier),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        f"is an outlier by {multiplier:g} {spread}",
        "Look for changed units and sentinel values such as 9999; allow a share with `mostly:` if "
        "they are right.",
    )
