"""Candidates about shares of rows: missing, out of range, of an unknown category, repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from smokealarm.data.proposing.candidate import DETECTED, Candidate, Line, Range
from smokealarm.data.proposing.rounding import down, plain, up
from smokealarm.data.proposing.sample import Values
from smokealarm.data.values.text_damage import CONTROL, MOJIBAKE, REPLACED

TAIL = 0.005  # of the reference, on each side, is left outside of a range before it is stretched
STRETCH = 0.5  # of the range between the tails, added on each side
FAR = 3.0  # of the whole range, of a column that wanders
YEAR = np.timedelta64(366, "D")
DAMAGE = re.compile(f"{MOJIBAKE}|{REPLACED}|{CONTROL}")


def missing(values: Values) -> Candidate:
    """Not more missing values than there were."""
    every = np.ones(len(values.present), dtype=bool)
    return _share(
        values, "expect_column_values_to_not_be_null", ~values.present, every, {}, "missing"
    )


def outside(values: Values) -> Candidate:
    """The values lie in a range that is wider than the reference's."""
    numbers = values.values[values.present].astype(float)
    low, high = np.quantile(numbers, [TAIL, 1 - TAIL])
    reach = (high - low or abs(high) or 1.0) * STRETCH
    ends = {
        "min_value": down(_keep_sign(float(low - reach), float(numbers.min()))),
        "max_value": up(float(high + reach)),
    }
    faulty = values.present & ~_within(values, ends["min_value"], ends["max_value"])
    check = "expect_column_values_to_be_between"
    return _share(values, check, faulty, values.present, ends, "out of that range")


def far_outside(values: Values) -> Candidate:
    """The values lie in a range so wide that a trend may go on, in steps or at a rate."""
    numbers = values.values[values.present].astype(float)
    low, high = float(numbers.min()), float(numbers.max())
    reach = (high - low) * FAR
    growth = high * min(high / low, 10) if low > 0 else high  # as prices and populations grow
    least = low - reach if (numbers % 1).any() else _keep_sign(low - reach, low)  # a count
    ends = {"min_value": down(least), "max_value": up(max(high + reach, growth))}
    none = np.zeros(len(values.present), dtype=bool)
    check = "expect_column_values_to_be_between"
    return _share(values, check, none, values.present, ends, "out of that range")


def long_before(values: Values) -> Iterator[Candidate]:
    """No date lies long before the first: such are 1970-01-01 and other stand-ins."""
    try:
        days = values.values[values.present].astype("U10").astype("datetime64[D]")
    except ValueError:  # times of day, and years of more than four digits
        return
    least = days.min() - max(days.max() - days.min(), YEAR)
    none = np.zeros(len(values.present), dtype=bool)
    check, ends = "expect_column_values_to_be_between", {"min_value": str(least)}
    yield _share(values, check, none, values.present, ends, "far older than all of these")


def unseen(values: Values, distinct: npt.NDArray[Any], counts: npt.NDArray[np.int64]) -> Candidate:
    """The values are those that were seen. Those seen once stand for those not seen yet (Good, 1953)."""
    once = np.isin(values.values, distinct[counts == 1]) & values.present
    known = [plain(value) for value in distinct]
    check = "expect_column_values_to_be_in_set"
    return _share(values, check, once, values.present, {"value_set": known}, "of no known category")


def length_outside(values: Values) -> Candidate:
    """The texts have about the lengths that they had."""
    lengths = np.array([len(text) if text else 0 for text in values.values], dtype=float)
    counted = lengths[values.present]
    low, high = np.quantile(counted, [TAIL, 1 - TAIL])
    reach = max(high - low, 1.0) * STRETCH
    least = 1 if counted.min() > 0 else 0  # what was never empty is not expected to become so
    ends = {"min_value": max(least, int(low - reach)), "max_value": int(high + reach + 1)}
    faulty = values.present & ((lengths < ends["min_value"]) | (lengths > ends["max_value"]))
    check = "expect_column_value_lengths_to_be_between"
    return _share(values, check, faulty, values.present, ends, "shorter or longer")


def damaged(values: Values) -> Candidate:
    """The texts were not read with a wrong encoding."""
    faulty = np.array([bool(text and DAMAGE.search(text)) for text in values.values])
    return _share(values, "text_encoding", faulty & values.present, values.present, {}, "damaged")


def repeated(values: Values) -> Candidate:
    """The values do not repeat, as those of a key."""
    texts = values.values
    distinct, counts = np.unique(texts[values.present], return_counts=True)
    again = np.isin(texts, distinct[counts > 1]) & values.present
    check = "expect_column_values_to_be_unique"
    return _share(values, check, again, values.present, {}, "there more than once")


def _share(
    values: Values,
    check: str,
    faulty: npt.NDArray[np.bool_],
    considered: npt.NDArray[np.bool_],
    options: Mapping[str, Any],
    what: str,
) -> Candidate:
    def line(found: Range) -> Line | None:
        allowed = up(found.high)
        if allowed >= 1:
            return None
        mostly = {"mostly": round(1 - allowed, 6)} if allowed else {}
        seen = f"{int(faulty.sum()):,} of {int(considered.sum()):,} values are {what}"
        least = max(found.high - found.centre, 0) + DETECTED * found.spread
        return Line(
            {"column": values.column.name, **options, **mostly},
            f"{seen}, above {100 * allowed:.3g} % is an alarm",
            f"{100 * min(1.0, least):.2g} % more values {what}",
        )

    parts = np.stack([faulty, considered], axis=1).astype(float)
    return Candidate(check, values.column.name, parts, True, line)


def _within(values: Values, low: float, high: float) -> npt.NDArray[np.bool_]:
    numbers = np.where(values.present, values.values, low).astype(float)
    return (numbers >= low) & (numbers <= high)


def _keep_sign(bound: float, smallest: float) -> float:
    """What was never negative (an age, a price, a count) is not expected to become so."""
    return 0 if smallest >= 0 > bound else bound
