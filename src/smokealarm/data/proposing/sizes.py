"""Candidates about the size of numbers: their mean and how far they scatter."""

from __future__ import annotations

import math

import numpy as np

from smokealarm.data.proposing.candidate import DETECTED, Candidate, Line, Range
from smokealarm.data.proposing.rounding import down, up
from smokealarm.data.proposing.sample import Values


def mean(values: Values) -> Candidate:
    """The mean is about what it was."""
    numbers = np.where(values.present, values.values, 0.0).astype(float)
    scatter = float(numbers[values.present].std())

    def line(found: Range) -> Line | None:
        low, high = down(found.low), up(found.high)
        least = found.high - found.centre + DETECTED * found.spread
        return Line(
            {"column": values.column.name, "min_value": low, "max_value": high},
            f"The mean is {found.centre:.4g}",
            f"a shift of the mean by {least:.2g}, {least / scatter:.2g} standard deviations",
        )

    parts = np.stack([numbers, values.present.astype(float)], axis=1)
    return Candidate(
        "expect_column_mean_to_be_between", values.column.name, parts, False, line, 1.1
    )


def variance(values: Values) -> Candidate:
    """The values scatter about as much as they did: told as a standard deviation."""
    numbers = values.values[values.present].astype(float)
    square = np.where(values.present, values.values, numbers.mean()).astype(float)
    square = (square - numbers.mean()) ** 2

    def line(found: Range) -> Line | None:
        low = down(math.sqrt(found.low)) if found.low > 0 else 0.0
        if low <= 0:
            return None
        high, scatter = up(math.sqrt(found.high)), math.sqrt(found.centre)
        least = found.centre - found.low + DETECTED * found.spread
        return Line(
            {"column": values.column.name, "min_value": low, "max_value": high},
            f"The standard deviation is {scatter:.4g}",
            f"values that scatter {100 * (1 - math.sqrt(max(0, 1 - least / found.centre))):.2g} % less",
        )

    parts = np.stack([square, values.present.astype(float)], axis=1)
    return Candidate(
        "expect_column_stdev_to_be_between", values.column.name, parts, False, line, 1.5
    )
