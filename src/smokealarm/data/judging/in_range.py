"""The judge of one number of a column: does it lie in a range?"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from typing import Union

from msgspec import Struct

from smokealarm.data.columns import NUMBERS, Column, Kind, compares
from smokealarm.data.conditions.where import Condition
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import misfit, out_of_range, within
from smokealarm.data.options import check_bounds, in_words
from smokealarm.data.questions import Bound, Number, Statistic
from smokealarm.data.values.moments import nanoseconds
from smokealarm.errors import FatalError
from smokealarm.finding import Finding

Comparable = Union[int, float, str]

MOMENTS = (*NUMBERS, Kind.MOMENT)
ORDERED = (*MOMENTS, Kind.TEXT)
SUMMED = ("sum", "mean", "stdev")  # whose last digit depends on the order of adding
LAST_DIGITS = 1e-12
HAVE = {  # the kinds of columns that have the statistic; all others are of any kind
    "min": ORDERED,
    "max": ORDERED,
    "mean": MOMENTS,
    "median": MOMENTS,
    "sum": NUMBERS,
    "stdev": NUMBERS,
}


class Range(Struct, frozen=True):
    """The bounds as the user wrote them; None leaves a side open, and both ask only for a value."""

    min_value: Bound
    max_value: Bound
    strict_min: bool
    strict_max: bool

    @property
    def bounds(self) -> tuple[Bound, Bound]:
        return (self.min_value, self.max_value)

    @property
    def words(self) -> str:
        return in_words(self.min_value, self.max_value, self.strict_min, self.strict_max)


def number_in_range(
    column: str,
    statistic: Statistic,
    name: str,
    wanted: Range,
    where: Condition | None,
    remedy: str,
) -> Expectation:
    """True when the statistic, called `name` in messages, lies in the range.

    A column without any value has none and is a failure, but for the sum, which is 0.
    """
    check_bounds(*wanted.bounds, open_ended=True)
    question = Number(column, statistic, where=where)
    kinds = HAVE.get(statistic, frozenset(Kind))

    def judge(answers: Answers) -> Iterator[Finding]:
        holds, value = answers.columns[column], answers.of(question)
        if holds.kind not in kinds and value:
            yield misfit(holds, f"it has no {name}")
        elif value is None or (isinstance(value, float) and math.isnan(value)):
            yield _none(column, name, statistic, value is None)
        else:
            close = isinstance(value, float) and statistic in SUMMED
            yield from _judged(holds, value, name, wanted, remedy, close)

    return Expectation(questions=(question,), judge=judge)


def share_in_range(
    column: str, what: str, share: float, wanted: Range, remedy: str
) -> Iterator[Finding]:
    """The finding, if any, that a share of the column, or another number without a unit, is outside."""
    if not _inside(share, wanted):
        yield _outside(f"the {what} of {column}", column, share, wanted, remedy)


def _judged(
    holds: Column, value: Comparable, name: str, wanted: Range, remedy: str, close: bool
) -> Iterator[Finding]:
    """`close`: a value that is a bound but for its last digits is that bound."""
    moment = holds.kind is Kind.MOMENT and isinstance(value, str)
    of_text = holds.kind is Kind.TEXT and isinstance(value, str)
    result = holds.kind if moment or of_text else Kind.NUMBER
    for bound in wanted.bounds:
        if bound is not None and not compares(result, bound):
            what = "a text" if isinstance(bound, str) else "a number"
            yield misfit(holds, f"its {name} does not compare with {bound!r}, {what}")
            return
    bounds = tuple(_brought(bound, holds, moment) for bound in wanted.bounds)
    compared = Range(bounds[0], bounds[1], wanted.strict_min, wanted.strict_max)
    brought = _brought(value, holds, moment)
    if not _inside(_nearest(brought, compared.bounds) if close else brought, compared):
        yield _outside(f"the {name} of {holds.name}", holds.name, value, wanted, remedy)


def _brought(value: Bound, holds: Column, moment: bool) -> Bound:
    """A bound or a number, as the two compare: dates by time, 32-bit numbers as such."""
    if moment and isinstance(value, str):
        when = nanoseconds(value)
        if when is None:
            raise FatalError(
                f"{value!r} is not a date, and {holds.name} holds dates",
                "Write it as 2026-01-31 or 2026-01-31 18:00:00, in quotes.",
            )
        return when
    if holds.type == "FLOAT" and isinstance(value, (int, float)):
        return _in_32_bits(value)
    return value


def _nearest(value: Bound, bounds: Sequence[Bound]) -> Bound:
    for bound in bounds:
        if isinstance(bound, (int, float)) and isinstance(value, (int, float)):
            if math.isclose(value, bound, rel_tol=LAST_DIGITS):
                return bound
    return value


def _in_32_bits(value: float) -> float:
    try:
        (rounded,) = struct.unpack("f", struct.pack("f", value))
    except OverflowError:
        return math.copysign(math.inf, value)
    return float(rounded)


def _inside(value: Bound, wanted: Range) -> bool:
    return within(value, *wanted.bounds, wanted.strict_min, wanted.strict_max)


def _outside(what: str, column: str, value: Comparable, wanted: Range, remedy: str) -> Finding:
    bounds = (*wanted.bounds, wanted.strict_min, wanted.strict_max)
    return out_of_range(what, value, bounds, remedy, column)


def _none(column: str, name: str, statistic: Statistic, empty: bool) -> Finding:
    few = "fewer than two values" if statistic == "stdev" else "no values"
    return Finding(
        message=f"{column} has no {name}: it holds {few if empty else 'infinities'}",
        remedy="Find out what emptied the column, or where the infinities come from.",
        evidence={"column": column, "observed_value": None},
    )
