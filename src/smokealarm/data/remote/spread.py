"""Values far from the others: z-scores, Tukey's fences, and multiples of the standard deviation."""

from __future__ import annotations

import math
from typing import Any

import ibis

from smokealarm.data.columns import Kind
from smokealarm.data.questions import Afar, Faulty, Outlying, Value
from smokealarm.data.remote.judged import Judged
from smokealarm.data.remote.relation import Relation, both
from smokealarm.data.remote.requests import Asking, AtRanks, Scalar
from smokealarm.data.remote.values import plain
from smokealarm.data.statistics.ranks import between, ranks
from smokealarm.data.values.moments import SECOND, nanoseconds

NONE = Judged(None)


def afar(relation: Relation, question: Faulty) -> Asking[Judged]:
    """Without a spread (one value, all equal, an infinity among them) nothing is far from the mean."""
    fault = question.fault
    assert isinstance(fault, Afar), "as FAULTS says"
    if not _is_countable(relation, question):
        return NONE
    spread = yield from _spread(relation, question)
    if spread is None or not spread[1]:
        return NONE
    score = (_number(relation, question) - _float(spread[0])) / _float(spread[1])
    if fault.double_sided:
        return Judged(score.abs() >= _float(abs(fault.threshold)))
    return Judged(score >= _float(fault.threshold))


def outlying(relation: Relation, question: Faulty) -> Asking[Judged]:
    """A value on a fence is inside; a value at the multiple of the standard deviation is outside."""
    fault = question.fault
    assert isinstance(fault, Outlying), "as FAULTS says"
    if not _is_countable(relation, question):
        return NONE
    value = _number(relation, question)
    if fault.method == "iqr":
        quartiles = yield from _quartiles(relation, question)
        if quartiles is None:
            return NONE
        low, high = quartiles
        reach = fault.multiplier * (high - low)
        return Judged((value < _float(low - reach)) | (value > _float(high + reach)))
    spread = yield from _spread(relation, question)
    if spread is None:
        return NONE
    mean, deviation = spread
    if not deviation or not fault.multiplier:
        return Judged(value != _float(mean))
    return Judged((value - _float(mean)).abs() >= _float(fault.multiplier * deviation))


def _spread(relation: Relation, question: Faulty) -> Asking[tuple[float, float] | None]:
    """Mean and standard deviation in two rounds: the deviation of nearly equal values survives."""
    value, rows = _number(relation, question), relation.rows(question.where)
    count, mean, least, most = yield [
        Scalar(relation.count(rows, value.notnull())),
        Scalar(value.mean(where=rows)),
        Scalar(value.min(where=rows)),
        Scalar(value.max(where=rows)),
    ]
    if count < 2 or math.isinf(least) or math.isinf(most):
        return None
    if least == most:
        return float(least), 0.0
    away = value - _float(float(mean))
    [squares] = yield [Scalar((away * away).sum(where=rows))]
    deviation = math.sqrt(squares / (count - 1))
    return (float(mean), deviation) if math.isfinite(deviation) else None


def _quartiles(relation: Relation, question: Faulty) -> Asking[tuple[float, float] | None]:
    rows = both(relation.rows(question.where), relation.value(question.column).notnull())
    [count] = yield [Scalar(relation.count(rows))]
    if not count:
        return None
    places = [ranks(level, int(count), "linear") for level in (0.25, 0.75)]
    wanted = tuple(sorted({rank for low, high, _ in places for rank in (low, high)}))
    [found] = yield [AtRanks(question.column, rows, wanted)]
    at = {rank: _as_number(plain(value)) for rank, value in zip(wanted, found)}
    low, high = (float(between(at[a], at[b], share) or 0) for a, b, share in places)
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _as_number(value: Value) -> float:
    """Moments as seconds, as the engine has them when it compares."""
    return float((nanoseconds(value) or 0) / SECOND if isinstance(value, str) else value or 0)


def _is_countable(relation: Relation, question: Faulty) -> bool:
    return relation.columns[question.column].kind in (Kind.NUMBER, Kind.BOOLEAN, Kind.MOMENT)


def _number(relation: Relation, question: Faulty) -> Any:
    """The value as a number, moments as seconds."""
    kind, value = relation.columns[question.column].kind, relation.value(question.column)
    if kind is Kind.MOMENT:
        return relation.microseconds(question.column).cast("float64") / 1_000_000
    return (value.cast("int32") if kind is Kind.BOOLEAN else value).cast("float64")


def _float(value: float) -> Any:
    return ibis.literal(float(value), "float64")
