"""The check `expect_column_value_z_scores_to_be_less_than`."""

from __future__ import annotations

import math

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.kinds import few_numbers
from smokealarm.data.questions import Afar, Faulty
from smokealarm.errors import FatalError


def check(
    *,
    column: str,
    threshold: float,
    double_sided: bool = True,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No value of the column lies too many standard deviations from the mean.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_value_z_scores_to_be_less_than: {column: age, threshold: 5}

    Options:
        column: the column's name, as the file writes it.
        threshold: the number of standard deviations. A value at it is already too far.
        double_sided: false to look only at values above the mean; great_expectations has no default.
        mostly: the share of the values that must lie near, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Mean and deviation (n - 1) are those of the rows that are meant. Nulls and NaN do not count. With one
    value, with equal values, or with an infinity among them there is no deviation, and the check passes.
    Of ten values none can lie 3 deviations away: with n values the largest z-score is (n - 1) / sqrt(n).
    Dates have z-scores too; decimals as well, where great_expectations raises.

    Source: great_expectations 1.24, ExpectColumnValueZScoresToBeLessThan.
    """
    if not math.isfinite(threshold):
        raise FatalError(
            f"`threshold: {threshold}` is no number of deviations", "Write a number, such as 5."
        )
    side = "from" if double_sided else "above"
    return few_numbers(
        Faulty(
            column,
            Afar(threshold, double_sided),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        f"is {threshold:g} standard deviations or more {side} the mean",
        "Look for changed units and sentinel values such as 9999; raise the threshold, or allow a "
        "share with `mostly:`, if they are right.",
    )
