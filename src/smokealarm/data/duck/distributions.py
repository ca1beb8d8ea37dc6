"""How a column's values are distributed: quantiles, counts, modes, histograms, each by a query of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from smokealarm.data.columns import NUMBERS, Kind
from smokealarm.data.duck.numbers import plain, told
from smokealarm.data.duck.parts import in_parts, whole_or_parts
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sets import smallest, strange
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import missing
from smokealarm.data.questions import (
    AgainstSet,
    Commonest,
    Counts,
    Histogram,
    Modes,
    Ordered,
    Quantiles,
    Question,
    Value,
)
from smokealarm.data.statistics.ranks import between, ranks
from smokealarm.data.values.members import SHOWN
from smokealarm.errors import Inconclusive

AT_MOST = 1_000_000  # distinct values that are worth holding at once


def quantiles(relation: Relation, question: Quantiles) -> tuple[float | str | None, ...]:
    """Exact, whatever the method: the engine is asked for the values at two ranks per level."""
    present = _present(relation, question, question.column)
    [(rows,)] = relation.ask(present._replace(text=f"SELECT count(*) FROM {present.text}"))
    if not rows:
        return (None,) * len(question.levels)
    wanted = [ranks(level, rows, question.method) for level in question.levels]
    positions = sorted({rank for low, high, _ in wanted for rank in (low, high)})
    column = relation.columns[question.column]
    levels = ", ".join(f"{(rank + 0.5) / rows!r}::DOUBLE" for rank in positions)
    found = f"quantile_disc({_number('v', column.kind)}, [{levels}])"
    if column.kind in (Kind.MOMENT, Kind.OTHER):
        found = f"CAST({found} AS VARCHAR[])"
    [(values,)] = relation.ask(present._replace(text=f"SELECT {found} FROM {present.text}"))
    at = dict(zip(positions, map(plain, values)))
    return tuple(between(at[low], at[high], share) for low, high, share in wanted)


def counts(relation: Relation, question: Counts) -> tuple[tuple[Value, int], ...]:
    """Raises Inconclusive where there are too many different values to hold."""
    present = _present(relation, question, question.column)
    value = told("v", relation.columns[question.column])
    found = relation.ask(
        present._replace(
            text=f"SELECT {value}, n FROM (SELECT v, count(*) AS n FROM {present.text} GROUP BY 1) "
            f"ORDER BY n DESC, 1 LIMIT {AT_MOST + 1}"
        )
    )
    if len(found) > AT_MOST:
        raise Inconclusive(
            f"{question.column} has more than {AT_MOST:,} different values, too many to weigh each",
            "Give the distribution as bins, or ask this of a column of categories.",
        )
    return tuple((plain(value), count) for value, count in found)


def commonest(relation: Relation, question: Commonest) -> Modes:
    column = relation.columns[question.column]
    return whole_or_parts(
        column,
        lambda: _commonest(relation, question),
        lambda: _of_all(
            in_parts(column, lambda part: _commonest(relation, question, f" WHERE {part}"))
        ),
    )


def _of_all(parts: Sequence[Modes]) -> Modes:
    """The modes of the whole column are those of the parts in which they stand as often."""
    rows = max(part.rows for part in parts)
    best = [part for part in parts if part.rows == rows]
    return Modes(
        rows,
        sum(part.ties for part in best),
        tuple(smallest([part.first for part in best])),
        sum(part.asked_for for part in best),
    )


def _commonest(relation: Relation, question: Commonest, which: str = "") -> Modes:
    present = _present(relation, question, question.column)
    column = relation.columns[question.column]
    fault = AgainstSet(question.column, question.values, where=question.where)
    stranger, bound = strange(relation, fault)
    query = (
        f"WITH counts AS (SELECT v, count(*) AS n FROM {present.text}{which} GROUP BY 1) "
        f"SELECT coalesce(any_value(n), 0), count(*), min({told('v', column)}, {SHOWN}), "
        f"count(*) FILTER (NOT ({stranger})) FROM counts WHERE n = (SELECT max(n) FROM counts)"
    )
    [(rows, ties, first, asked_for)] = relation.ask(Sql(query, (*present.values, *bound)))
    return Modes(rows, ties, tuple(map(plain, first or ())), asked_for)


def histogram(relation: Relation, question: Histogram) -> tuple[int, ...]:
    """DuckDB's bins have their right edges, numpy's their left: the number just below an edge tells.

    Source: https://duckdb.org/docs/stable/sql/functions/aggregates, `histogram`.
    """
    if relation.columns[question.column].kind not in NUMBERS:
        return ()
    present = _present(relation, question, question.column)
    first, *inner, last = question.edges
    bounds = [math.nextafter(edge, -math.inf) for edge in (first, *inner)] + [last, math.inf]
    value = _number("v", relation.columns[question.column].kind)
    query = f"SELECT histogram(CAST({value} AS DOUBLE), CAST(? AS DOUBLE[])) FROM {present.text}"
    ends = sorted(set(bounds))
    [(found,)] = relation.ask(Sql(query, (ends, *present.values)))
    tally = dict(zip(ends, _filled(found, ends)))
    below = 0 if first == -math.inf else tally[bounds[0]]
    bins = [tally[bound] for bound in bounds[1:-1]]
    if first == -math.inf:  # the lowest bin holds that infinity as well
        bins[0] += tally[bounds[0]]
    above = 0 if last == math.inf else tally[math.inf]
    return (below, *bins, above)


def _filled(found: dict[float, int] | None, ends: Sequence[float]) -> list[int]:
    return [int((found or {}).get(end, 0)) for end in ends]


def ordered(relation: Relation, question: Ordered) -> Sequence[float]:
    if relation.columns[question.column].kind not in NUMBERS:
        return ()
    present = _present(relation, question, question.column)
    value = _number("v", relation.columns[question.column].kind)
    query = f"SELECT CAST({value} AS DOUBLE) AS v FROM {present.text} ORDER BY 1"
    found: Any = relation.connection.execute(query, present.values).fetchnumpy()["v"]
    return cast("Sequence[float]", found)


def _number(value: str, kind: Kind) -> str:
    return f"CAST({value} AS INTEGER)" if kind is Kind.BOOLEAN else value


def _present(relation: Relation, question: Question[Any], column: str) -> Sql:
    """The values `v` of the column that are not missing, as something to select from."""
    rows, there = relation.rows(question.where), missing("v", relation.columns[column])
    inner = f"(SELECT {relation.key(column)} AS v FROM {rows.text})"
    return Sql(f"(SELECT v FROM {inner} WHERE NOT {there})", rows.values)
