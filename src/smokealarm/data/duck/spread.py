"""Values far from the others: z-scores, Tukey's fences, and multiples of the standard deviation."""

from __future__ import annotations

import math
from typing import NamedTuple

from smokealarm.data.columns import NUMBERS, Column, Kind
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import missing
from smokealarm.data.questions import Afar, Faulty, Outlying


class Spread(NamedTuple):
    """Mean and standard deviation of a sample."""

    mean: float
    deviation: float


def afar(relation: Relation, question: Faulty) -> Sql:
    """Without a spread (one value, all equal, an infinity among them) nothing is far from the mean."""
    fault, value = question.fault, _number(relation.columns[question.column])
    assert isinstance(fault, Afar), "as FAULTS says"
    spread = _spread(relation, question)
    if spread is None or not spread.deviation:
        return Sql("false")
    if fault.double_sided:
        return Sql(f"abs(({value} - ?) / ?) >= ?", (*spread, abs(fault.threshold)))
    return Sql(f"({value} - ?) / ? >= ?", (*spread, fault.threshold))


def outlying(relation: Relation, question: Faulty) -> Sql:
    """A value on a fence is inside; a value at the multiple of the standard deviation is outside."""
    fault, value = question.fault, _number(relation.columns[question.column])
    assert isinstance(fault, Outlying), "as FAULTS says"
    if fault.method == "iqr":
        quartiles = _quartiles(relation, question)
        if quartiles is None:
            return Sql("false")
        low, high = quartiles
        reach = fault.multiplier * (high - low)
        return Sql(f"{value} < ? OR {value} > ?", (low - reach, high + reach))
    spread = _spread(relation, question)
    if spread is None:
        return Sql("false")
    if not spread.deviation or not fault.multiplier:
        return Sql(f"{value} <> ?", (spread.mean,))
    return Sql(f"abs({value} - ?) >= ?", (spread.mean, fault.multiplier * spread.deviation))


def _number(column: Column) -> str:
    """The value as a number, moments as seconds; NULL where it is none."""
    if column.kind is Kind.MOMENT:
        return "epoch(v)"
    number = "CAST(v AS INTEGER)" if column.kind is Kind.BOOLEAN else "v"
    known = column.kind in NUMBERS
    return f"CAST({number} AS DOUBLE)" if known else "CAST(NULL AS DOUBLE)"


def _spread(relation: Relation, question: Faulty) -> Spread | None:
    """In two passes, as pandas has it: the deviation of nearly equal values survives."""
    values = _values(relation, question)
    first = "SELECT count(x), favg(x), min(x), max(x) FROM"
    [(count, mean, least, most)] = relation.ask(Sql(f"{first} {values.text}", values.values))
    if count < 2 or math.isinf(least) or math.isinf(most):
        return None
    if least == most:
        return Spread(least, 0.0)
    second = f"SELECT sqrt(fsum((x - ?) * (x - ?)) / ?) FROM {values.text}"
    [(deviation,)] = relation.ask(Sql(second, (mean, mean, count - 1, *values.values)))
    return Spread(mean, deviation) if math.isfinite(deviation) else None


def _quartiles(relation: Relation, question: Faulty) -> tuple[float, float] | None:
    """Between two values by the share of the way, which numpy calls linear."""
    values = _values(relation, question)
    [(count,)] = relation.ask(Sql(f"SELECT count(x) FROM {values.text}", values.values))
    if not count:
        return None
    places = [(count - 1) * level for level in (0.25, 0.75)]
    indices = [index for place in places for index in (math.floor(place), math.ceil(place))]
    levels = ", ".join(repr((index + 0.5) / count) for index in indices)
    ordered = f"SELECT quantile_disc(x, [{levels}]) FROM {values.text}"
    [((a, b, c, d),)] = relation.ask(Sql(ordered, values.values))
    low, high = _between(a, b, places[0] % 1), _between(c, d, places[1] % 1)
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _between(low: float, high: float, share: float) -> float:
    """From the nearer end, so that the result is numpy's to the last digit."""
    step = high - low
    return low + step * share if share < 0.5 else high - step * (1 - share)


def _values(relation: Relation, question: Faulty) -> Sql:
    """The values that are there, as numbers `x`."""
    column, key = relation.columns[question.column], relation.key(question.column)
    rows = relation.rows(question.where)
    text = f"(SELECT {_number(column)} AS x FROM (SELECT {key} AS v FROM {rows.text}) "
    return Sql(f"{text} WHERE NOT {missing('v', column)})", rows.values)
