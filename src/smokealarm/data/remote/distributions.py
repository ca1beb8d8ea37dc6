"""How a column's values are distributed: quantiles, counts, modes, histograms, pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np

from smokealarm.data.columns import NUMBERS, Kind
from smokealarm.data.questions import (
    AgainstSet,
    Commonest,
    Counts,
    Crossed,
    Faulty,
    Histogram,
    Modes,
    NotIn,
    Ordered,
    Quantiles,
    SetDifference,
    Value,
)
from smokealarm.data.remote.faults import judged
from smokealarm.data.remote.relation import Relation, both
from smokealarm.data.remote.requests import Asking, AtRanks, Scalar, Values
from smokealarm.data.remote.values import plain
from smokealarm.data.statistics.ranks import between, ranks
from smokealarm.data.values.members import SHOWN, difference


def quantiles(relation: Relation, question: Quantiles) -> Asking[tuple[float | str | None, ...]]:
    """Exact on every engine, whatever the method: the values at two ranks per level."""
    rows = both(relation.rows(question.where), relation.value(question.column).notnull())
    [count] = yield [Scalar(relation.count(rows))]
    if not count:
        return (None,) * len(question.levels)
    places = [ranks(level, int(count), question.method) for level in question.levels]
    wanted = tuple(sorted({rank for low, high, _ in places for rank in (low, high)}))
    [found] = yield [AtRanks(question.column, rows, wanted)]
    at = {rank: _whole(plain(value)) for rank, value in zip(wanted, found)}
    return tuple(between(at[low], at[high], share) for low, high, share in places)


def _whole(value: Value) -> Value:
    return int(value) if isinstance(value, bool) else value


def counts(relation: Relation, question: Counts) -> Asking[tuple[tuple[Value, int], ...]]:
    """Raises Inconclusive where there are too many different values to fetch."""
    found = yield from _counted(relation, question.column, question.where)
    return tuple(sorted(found, key=lambda pair: (-pair[1], _order(pair[0]))))


def _counted(relation: Relation, column: str, where: Any) -> Asking[list[tuple[Value, int]]]:
    rows = both(relation.rows(where), relation.value(column).notnull())
    [found] = yield [Values((column,), rows)]
    return [(plain(value), int(n)) for value, n in found]


def _order(value: Value) -> Any:
    return value if value is not None else ""


def commonest(relation: Relation, question: Commonest) -> Asking[Modes]:
    found = yield from _counted(relation, question.column, question.where)
    most = max((n for _, n in found), default=0)
    modes = sorted((value for value, n in found if n == most), key=_order)
    strangers = yield from _strangers(relation, question)
    return Modes(most, len(modes), tuple(modes[:SHOWN]), sum(v not in strangers for v in modes))


def against_set(relation: Relation, question: AgainstSet) -> Asking[SetDifference]:
    column = relation.columns[question.column]
    found = yield from _counted(relation, question.column, question.where)
    strange = yield from _strangers(relation, question)
    members = [value for value, _ in found if value not in strange]
    first = sorted(strange, key=_order)[:SHOWN]
    return difference(column, question, len(strange), first, members)


def _strangers(relation: Relation, question: AgainstSet | Commonest) -> Asking[frozenset[Value]]:
    """The distinct values that are not in the set, as the engine compares them."""
    fault = Faulty(question.column, NotIn(question.values), where=question.where)
    found = yield from judged(relation, fault)
    outside: list[Any] = [value for value, _ in found.values]
    if found.condition is not None:
        rows = both(relation.rows(question.where), found.condition)
        [fetched] = yield [Values((question.column,), rows)]
        outside += [value for value, _ in fetched]
    return frozenset(plain(value) for value in outside)


def histogram(relation: Relation, question: Histogram) -> Asking[tuple[int, ...]]:
    """One count per bin, in the query of everything else."""
    if relation.columns[question.column].kind not in NUMBERS:
        return ()
    value, rows = _float(relation, question.column), relation.rows(question.where)
    first, *_, last = edges = [ibis.literal(float(edge), "float64") for edge in question.edges]
    bins = [value < first]
    bins += [(value >= low) & (value < high) for low, high in zip(edges[:-2], edges[1:-1])]
    bins += [(value >= edges[-2]) & (value <= last), value > last]
    found = yield [Scalar(relation.count(rows, inside)) for inside in bins]
    return tuple(map(int, found))


def _float(relation: Relation, column: str) -> Any:
    value = relation.value(column)
    boolean = relation.columns[column].kind is Kind.BOOLEAN
    return (value.cast("int32") if boolean else value).cast("float64")


def ordered(relation: Relation, question: Ordered) -> Asking[Sequence[float]]:
    """The distinct values travel, each with its number of rows."""
    if relation.columns[question.column].kind not in NUMBERS:
        return ()
    found = yield from _counted(relation, question.column, question.where)
    totals: Counter[float] = Counter()
    for value, n in found:
        totals[float(value)] += n  # type: ignore[arg-type]  # the column holds numbers
    values = sorted(totals)
    every: Any = np.repeat(np.array(values, dtype=float), [totals[value] for value in values])
    spread: Sequence[float] = every
    return spread


def crossed(relation: Relation, question: Crossed) -> Asking[tuple[tuple[Value, Value, int], ...]]:
    there = [relation.value(name).notnull() for name in question.names]
    rows = both(relation.rows(question.where), *there)
    [found] = yield [Values(question.names, rows)]
    pairs = ((_readable(relation, question, pair), int(n)) for *pair, n in found)
    return tuple(sorted((one, two, n) for (one, two), n in pairs))


def _readable(relation: Relation, question: Crossed, pair: Sequence[Any]) -> list[Any]:
    """The values as numbers, truth values or texts."""
    types = [relation.columns[name].type for name in question.names]
    values = (plain(value) for value in pair)
    return [float(v or 0) if t.startswith("DECIMAL") else v for v, t in zip(values, types)]
