"""Where a quantile lies among sorted values, by numpy's methods."""

from __future__ import annotations

import math
from typing import TypeVar

from smokealarm.data.questions import Value

T = TypeVar("T")


def ranks(level: float, rows: int, method: str) -> tuple[int, int, float]:
    """Two ranks from 0, and how far the quantile lies from the first to the second.

    Source: https://numpy.org/doc/stable/reference/generated/numpy.quantile.html
    """
    position = (rows - 1) * (
        level * 100 / 100
    )  # pandas goes by per cent, and so do its last digits
    low, high = math.floor(position), math.ceil(position)
    if method == "nearest":
        low = high = round(position)
    elif method == "lower":
        high = low
    elif method == "higher":
        low = high
    return low, high, 0.5 if method == "midpoint" and low != high else position - low


def between(low: Value, high: Value, share: float) -> float | str | None:
    """The value so far from the one to the other; texts and dates have nothing in between."""
    if isinstance(low, str) or isinstance(high, str) or low is None or high is None:
        return str(low)
    if low == high:
        return low
    width = high - low
    return high - width * (1 - share) if share >= 0.5 else low + width * share
