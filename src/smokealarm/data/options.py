"""Options that cannot be meant are told before the table is opened."""

from __future__ import annotations

import math
from datetime import datetime

from smokealarm.data.questions import Bound
from smokealarm.errors import FatalError


def check_mostly(mostly: float) -> None:
    if not 0 <= mostly <= 1:
        raise FatalError(
            f"`mostly: {mostly:g}` is no fraction",
            "Write the share of values that must be right, from 0 to 1: 0.99 lets 1 % be wrong.",
        )


def check_bounds(min_value: Bound, max_value: Bound) -> None:
    """Refuse a range without ends, with ends of two kinds, upside down, or bounded by NaN."""
    bounds = [bound for bound in (min_value, max_value) if bound is not None]
    if not bounds:
        raise FatalError(
            "a range without ends is always true", "Write `min_value:`, or `max_value:`."
        )
    if any(isinstance(bound, float) and math.isnan(bound) for bound in bounds):
        raise FatalError("nothing compares with NaN", "Write a number, or leave the bound out.")
    if len({isinstance(bound, str) for bound in bounds}) > 1:
        raise FatalError(
            f"`min_value: {min_value!r}` and `max_value: {max_value!r}` are of two kinds",
            "Write two numbers, or two texts or dates in quotes.",
        )
    if len(bounds) == 2 and bounds[0] > bounds[1]:  # type: ignore[operator]  # same kind, see above
        raise FatalError(
            f"no value lies between `min_value: {min_value}` and `max_value: {max_value}`",
            "Swap the two: the minimum is the smaller one.",
        )


def check_moment(bound: Bound) -> None:
    """Refuse a bound of a column of dates that is not written as a date."""
    if isinstance(bound, str):
        try:
            datetime.fromisoformat(bound.replace("Z", "+00:00"))
        except ValueError:
            raise FatalError(
                f"{bound!r} is not a date, and the column holds dates",
                "Write it as 2026-01-31 or 2026-01-31 18:00:00, in quotes.",
            ) from None


def in_words(min_value: Bound, max_value: Bound, strict_min: bool, strict_max: bool) -> str:
    """The range as a sentence names it: `between 0 and 120`, `at least 0`, `below 1`."""
    if min_value is None:
        return f"{'below' if strict_max else 'at most'} {max_value}"
    if max_value is None:
        return f"{'above' if strict_min else 'at least'} {min_value}"
    without = [str(end) for end, out in ((min_value, strict_min), (max_value, strict_max)) if out]
    return f"between {min_value} and {max_value}" + (
        f" without {' and '.join(without)}" if without else ""
    )
