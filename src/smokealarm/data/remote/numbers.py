"""One number of a column. Missing values do not count, and NaN is one by now."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from smokealarm.data.columns import NUMBERS, Kind
from smokealarm.data.questions import Number, Statistic, Value
from smokealarm.data.remote.relation import Relation, both
from smokealarm.data.remote.requests import Asking, AtRanks, OfGroups, Scalar
from smokealarm.data.remote.values import plain
from smokealarm.data.statistics.ranks import ranks
from smokealarm.data.values.moments import iso, nanoseconds

SAFELY_SQUARED = 1e150  # the square of more overflows


def number(relation: Relation, question: Number) -> Asking[Value]:
    """Of a kind that has no such statistic, whether there are values."""
    column = relation.columns[question.column]
    if question.statistic in ("distinct", "once", "missing"):
        return (yield from COUNTS[question.statistic](relation, question))
    known = STATISTICS[question.statistic].get(column.kind)
    if known:
        return (yield from known(relation, question))
    count = yield from _present(relation, question)
    return count if question.statistic == "sum" else count or None


def _value(relation: Relation, question: Number) -> Any:
    value = relation.plain(question.column)
    boolean = relation.columns[question.column].kind is Kind.BOOLEAN
    return value.cast("int32") if boolean else value


def _present(relation: Relation, question: Number) -> Asking[int]:
    rows = both(relation.rows(question.where), relation.value(question.column).notnull())
    [count] = yield [Scalar(relation.count(rows))]
    return int(count)


def _least(relation: Relation, question: Number) -> Asking[Value]:
    where = relation.rows(question.where)
    [found] = yield [Scalar(_value(relation, question).min(where=where))]
    return plain(found)


def _greatest(relation: Relation, question: Number) -> Asking[Value]:
    where = relation.rows(question.where)
    [found] = yield [Scalar(_value(relation, question).max(where=where))]
    return plain(found)


def _sum(relation: Relation, question: Number) -> Asking[Value]:
    value, where = _wide(relation, question), relation.rows(question.where)
    [found] = yield [Scalar(value.sum(where=where))]
    return found if isinstance(found, float) else plain(found) or 0  # two infinities make NaN


def _wide(relation: Relation, question: Number) -> Any:
    """In a type that holds the sum: 32-bit floats would round it."""
    value, column = _value(relation, question), relation.columns[question.column]
    if column.type in ("FLOAT", "DOUBLE"):
        return value
    return value if column.type.startswith("DECIMAL") else value.cast("int64")


def _mean(relation: Relation, question: Number) -> Asking[Value]:
    value, where = _value(relation, question), relation.rows(question.where)
    [found] = yield [Scalar(value.cast("float64").mean(where=where))]
    return None if found is None else float(found)


def _mean_moment(relation: Relation, question: Number) -> Asking[Value]:
    where = relation.rows(question.where)
    micro, count = yield [
        Scalar(relation.microseconds(question.column).sum(where=where)),
        Scalar(relation.count(where, relation.value(question.column).notnull())),
    ]
    return iso(int(micro) * 1000 // int(count)) if count else None


def _median(relation: Relation, question: Number) -> Asking[Value]:
    middle = yield from _middle(relation, question)
    if middle is None:
        return None
    low, high = middle
    return float((low + high) / 2)


def _median_moment(relation: Relation, question: Number) -> Asking[Value]:
    middle = yield from _middle(relation, question)
    if middle is None:
        return None
    texts = [str(plain(value)) for value in middle]
    low, high = (nanoseconds(each) for each in texts)
    if isinstance(low, int) and isinstance(high, int) and low != high:
        return iso((low + high) // 2)
    return texts[0]


def _middle(relation: Relation, question: Number) -> Asking[tuple[Any, Any] | None]:
    """The two values in the middle, one and the same where their count is odd."""
    count = yield from _present(relation, question)
    if not count:
        return None
    low, high, _ = ranks(0.5, count, "linear")
    rows = relation.rows(question.where)
    [found] = yield [AtRanks(question.column, rows, tuple(sorted({low, high})))]
    return found[0], found[-1]


def _stdev(relation: Relation, question: Number) -> Asking[Value]:
    """Pandas' answer at the ends: no spread of infinities, an infinite one of what cannot be squared."""
    value = _value(relation, question).cast("float64")
    where = relation.rows(question.where)
    small = both(where, value.abs() < SAFELY_SQUARED)
    spread, largest = yield [
        Scalar(value.std(where=small, how="sample")),
        Scalar(value.abs().max(where=where)),
    ]
    if largest is not None and largest >= SAFELY_SQUARED:
        return math.nan if math.isinf(largest) else math.inf
    return None if spread is None or math.isnan(spread) else float(spread)


def _distinct(relation: Relation, question: Number) -> Asking[Value]:
    [groups] = yield [_groups(relation, question)]
    return int(groups.distinct)


def _once(relation: Relation, question: Number) -> Asking[Value]:
    [groups] = yield [_groups(relation, question)]
    return int(groups.once)


def _groups(relation: Relation, question: Number) -> OfGroups:
    there = relation.value(question.column).notnull()
    return OfGroups((question.column,), both(relation.rows(question.where), there))


def _missing(relation: Relation, question: Number) -> Asking[Value]:
    empty = relation.value(question.column).isnull()
    [count] = yield [Scalar(relation.count(relation.rows(question.where), empty))]
    return int(count)


Ask = Callable[[Relation, Number], Asking[Value]]

COUNTS: Mapping[str, Ask] = {"distinct": _distinct, "once": _once, "missing": _missing}

STATISTICS: Mapping[Statistic, Mapping[Kind, Ask]] = {
    "min": dict.fromkeys((*NUMBERS, Kind.TEXT, Kind.MOMENT), _least),
    "max": dict.fromkeys((*NUMBERS, Kind.TEXT, Kind.MOMENT), _greatest),
    "sum": dict.fromkeys(NUMBERS, _sum),
    "mean": {**dict.fromkeys(NUMBERS, _mean), Kind.MOMENT: _mean_moment},
    "median": {**dict.fromkeys(NUMBERS, _median), Kind.MOMENT: _median_moment},
    "stdev": dict.fromkeys(NUMBERS, _stdev),
}
