"""Options that cannot be meant are told before the table is opened."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime

from smokealarm.data.questions import Bound, Value
from smokealarm.errors import FatalError, Place

_MEMORY = re.compile(r"\d+(\.\d+)? ?([kKMGT]i?B)")


def check_mostly(mostly: float) -> None:
    if not 0 <= mostly <= 1:
        raise FatalError(
            f"`mostly: {mostly:g}` is no fraction",
            "Write the share of values that must be right, from 0 to 1: 0.99 lets 1 % be wrong.",
        )


def check_regexes(regexes: Sequence[str], option: str) -> None:
    """Refuse an empty list, and what Python's `re` takes for no pattern."""
    if not regexes:
        raise FatalError(f"`{option}` is empty", "Write the patterns that are meant.")
    for regex in regexes:
        try:
            re.compile(regex)
        except re.error as error:
            raise FatalError(
                f"`{option}: {regex}` is no pattern: {error}",
                "Quote it in YAML, with single quotes if it holds backslashes; try it in Python's `re`.",
            ) from None


def check_likes(patterns: Sequence[str], option: str, escape: str | None) -> None:
    """Refuse an empty list, an escape that is not one character, and a pattern that ends in it."""
    if not patterns:
        raise FatalError(f"`{option}` is empty", "Write the patterns that are meant.")
    if escape is not None and len(escape) != 1:
        raise FatalError(
            f"`escape: {escape!r}` is not one character", 'Write one character, such as "!".'
        )
    for pattern in patterns:
        if escape and (len(pattern) - len(pattern.rstrip(escape))) % 2:
            raise FatalError(
                f"`{option}: {pattern}` ends in its escape {escape!r}, which then escapes nothing",
                "Double it to mean the character itself, or name another `escape:`.",
            )


def check_p_value(name: str, p_value: float) -> None:
    if not 0 < p_value < 1:
        raise FatalError(
            f"`{name}: {p_value:g}` is no p-value",
            "Write how often healthy data may alarm, above 0 and below 1: 0.001 is one in a thousand.",
        )


def check_share(option: str, share: float) -> None:
    """Refuse what is no fraction between 0 and 1, or is so little or so much that it says nothing."""
    if not 0 < share < 1:
        raise FatalError(
            f"`{option}: {share:g}` is no share between 0 and 1",
            f"Write a fraction, as `{option}: 0.1` for 10 %.",
        )


def check_bounds(min_value: Bound, max_value: Bound, open_ended: bool = False) -> None:
    """Refuse a range with ends of two kinds, upside down, bounded by NaN, or without ends.

    `open_ended` allows the last: it asks only that there is something to measure.
    """
    bounds = [bound for bound in (min_value, max_value) if bound is not None]
    if not bounds and not open_ended:
        raise FatalError(
            "a range without ends is always true", "Write `min_value:`, or `max_value:`."
        )
    if any(isinstance(bound, float) and math.isnan(bound) for bound in bounds):
        raise FatalError(
            "a bound is NaN, and nothing compares with NaN", "Write a number, or leave it out."
        )
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


def shown(values: Sequence[Value], count: int | None = None, at_most: int = 8) -> str:
    """The first of `count` values for a sentence, cut where nobody would read on."""
    beside = (len(values) if count is None else count) - len(values[:at_most])
    more = f" and {beside:,} more" if beside else ""
    return (", ".join(repr(value) for value in values[:at_most]) or "none") + more


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


def check_memory(memory: str, place: Place) -> None:
    if memory and not _MEMORY.fullmatch(memory):
        raise FatalError(
            f"`memory: {memory}` is no amount of memory",
            "Write a number and its unit: 512MB, 2GB, 1.5GiB.",
            place,
        )
