"""One axis of a chart: which part of it a value is at, and the round numbers beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from smokealarm.report.chart import MOST, Range, range_of

MOST_TICKS = 5
DECADES = 3  # from here on, an axis may be logarithmic
_ROUND = (1, 2, 5, 10)


class Axis(NamedTuple):
    """A range, in decades where it is logarithmic, and its ticks as (part of the axis, label)."""

    range: Range
    is_log: bool
    ticks: list[tuple[float, str]]

    def part(self, value: float) -> float:
        """Where the value stands between the start (0) and the end (1)."""
        return self.range.part(math.log10(value) if self.is_log else value)


def across(values: Iterable[float]) -> Axis:
    """The axis from left to right: it ends where the values end, and counts whole things whole."""
    known = list(values)
    if _is_crowded(known):
        return _logarithmic(known)
    whole = all(value == round(value) for value in known)
    return _linear(range_of(known), 1.0 if whole else 0.0)


def upwards(values: Iterable[float]) -> Axis:
    """The axis from the bottom to the top: it ends at ticks, and starts at zero if that is near."""
    known = list(values)
    if _is_crowded(known):
        return _logarithmic(known)
    low, high = range_of(known)
    span = Range(0.0 if 0 < low <= high / 3 else low, high)
    step = _step(span)
    ends = (
        (math.floor(span.low / step) * step, math.ceil(span.high / step) * step) if step else span
    )
    return _linear(Range(max(ends[0], -MOST), min(ends[1], MOST)))


def number(value: float, step: float, grouped: bool = False) -> str:
    """A tick's label, with as many digits as tell it from the next one."""
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    digits = min(max(size - math.floor(math.log10(step)), 0), 15) if step else 3
    if not -5 < size < 7:
        mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
        return f"{mantissa}e{int(exponent)}"
    return f"{value:{',' if grouped else ''}.{max(digits - size, 0)}f}"


def _is_crowded(values: list[float]) -> bool:
    """Whether a linear axis would squeeze a quarter of the values, decades apart, onto its foot."""
    ordered = sorted(values)
    low, high = ordered[0], ordered[-1]
    if low <= 0 or math.log10(high) - math.log10(low) < DECADES:
        return False
    return Range(low, high).part(ordered[len(ordered) // 4]) < 0.02


def _linear(span: Range, least: float = 0.0) -> Axis:
    step = _step(span, least)
    if not step:
        return Axis(span, False, [(0.0, f"{span.low:.3g}"), (1.0, f"{span.high:.3g}")])
    first, last = math.ceil(span.low / step - 1e-9), math.floor(span.high / step + 1e-9)
    grouped = max(abs(span.low), abs(span.high)) >= 10_000  # 2024 may be a year
    ticks = [index * step for index in range(first, last + 1)]
    return Axis(span, False, [(span.part(at), number(at, step, grouped)) for at in ticks])


def _step(span: Range, least: float = 0.0) -> float:
    """The round distance between ticks; 0 where the numbers are too extreme for one."""
    raw = span.high / MOST_TICKS - span.low / MOST_TICKS
    if not 1e-290 < raw < 1e290 or raw < 1e-12 * max(abs(span.low), abs(span.high)):
        return 0.0
    decade = 10.0 ** math.floor(math.log10(raw))
    return max(next(nice * decade for nice in _ROUND if nice * decade >= raw * 0.999), least)


def _logarithmic(values: list[float]) -> Axis:
    """From a power of ten to a power of ten."""
    start, end = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    span = Range(start, end)
    stride = -(-(end - start) // MOST_TICKS)
    exponents = range(start, end + 1, stride)
    return Axis(span, True, [(span.part(power), _power(power)) for power in exponents])


def _power(exponent: int) -> str:
    plain = -4 <= exponent <= 6
    return number(10.0**exponent, 10.0**exponent, exponent > 3) if plain else f"1e{exponent}"
