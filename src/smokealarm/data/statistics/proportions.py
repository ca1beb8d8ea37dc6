"""Intervals of shares: what the share of a class may be, given the rows that were seen."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

from smokealarm.wilson import wilson


def difference(
    count: int, rows: int, before: int, rows_before: int, confidence: float
) -> tuple[float, float]:
    """Newcombe's interval of the difference of two shares (Statistics in Medicine 17:873, 1998)."""
    share, share_before = count / rows, before / rows_before
    low, high = wilson(count, rows, confidence)
    low_before, high_before = wilson(before, rows_before, confidence)
    change = share - share_before
    return (
        change - sqrt((share - low) ** 2 + (high_before - share_before) ** 2),
        change + sqrt((high - share) ** 2 + (share_before - low_before) ** 2),
    )


def rows_to_settle(share: float, limit: float, confidence: float) -> int | None:
    """From how many rows on Wilson's interval of the share seen leaves the limit out; None if it is on it."""
    if abs(share - limit) < 1e-6:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return ceil(z * z * limit * (1 - limit) / (share - limit) ** 2)
