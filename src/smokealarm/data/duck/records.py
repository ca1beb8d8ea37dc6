"""The faults of several columns of one row in DuckDB's words: what is true of `k0`, `k1`, … that have it.

A key `k0` is the value of the first column, NULL where it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from smokealarm.data.columns import Column, compares
from smokealarm.data.duck.conditions import equal, ordered
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql, joined
from smokealarm.data.duck.values import comparable
from smokealarm.data.questions import (
    FaultyRecord,
    NotAbove,
    NotPaired,
    RecordRepeated,
    RepeatedWithin,
    SumIsNot,
    Tally,
    Unequal,
    Value,
)

IGNORED = {
    "both_values_are_missing": " AND ",
    "all_values_are_missing": " AND ",
    "either_value_is_missing": " OR ",
    "any_value_is_missing": " OR ",
}
Columns = Sequence[Column]


def tally(relation: Relation, question: FaultyRecord) -> Tally:
    """How many rows there are, how many are ignored, and how many of the others have the fault."""
    keys, left_out = records(relation, question), ignored(question)
    fault, n = fault_of(relation, question), "1"
    if isinstance(question.fault, RecordRepeated):
        keys = Sql(
            f"(SELECT * EXCLUDE r, count(*) AS n FROM {keys.text} GROUP BY ALL)", keys.values
        )
        n = "n"
    sums = ("true", left_out, f"NOT {left_out} AND ({fault.text})")
    counts = ", ".join(f"coalesce(sum({n}) FILTER ({one}), 0)" for one in sums)
    [found] = relation.ask(Sql(f"SELECT {counts} FROM {keys.text}", fault.values + keys.values))
    return Tally(*map(int, found))


def faulty(relation: Relation, question: FaultyRecord, at_most: int) -> list[tuple[Any, ...]]:
    """The first rows with the fault: their numbers from 0, and their values as texts."""
    keys, fault = records(relation, question), fault_of(relation, question)
    names = [f"k{at}" for at in range(len(question.names))]
    if isinstance(question.fault, RecordRepeated):
        keys, fault = _repeating(keys, names), Sql("true")
    texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
    return relation.ask(
        Sql(
            f"SELECT r, {texts} FROM {keys.text} "
            f"WHERE NOT {ignored(question)} AND ({fault.text}) ORDER BY r LIMIT {at_most}",
            keys.values + fault.values,
        )
    )


def _repeating(keys: Sql, names: Sequence[str]) -> Sql:
    """The rows whose keys stand in several: by a join, which needs less memory than a window."""
    many = f"SELECT * EXCLUDE r FROM {keys.text} GROUP BY ALL HAVING count(*) > 1"
    same = " AND ".join(f"k.{name} IS NOT DISTINCT FROM m.{name}" for name in names)
    text = f"(SELECT k.* FROM {keys.text} AS k SEMI JOIN ({many}) AS m ON {same})"
    return Sql(text, keys.values * 2)


def records(relation: Relation, question: FaultyRecord) -> Sql:
    """The rows that are meant, as their number `r` and their keys."""
    rows = relation.rows(question.where)
    keys = ", ".join(
        f"CASE WHEN {relation.missing(name)} THEN NULL ELSE {relation.key(name)} END AS k{at}"
        for at, name in enumerate(question.names)
    )
    return Sql(f"(SELECT {relation.view.row} AS r, {keys} FROM {rows.text})", rows.values)


def ignored(question: FaultyRecord) -> str:
    """What is true of the rows that count as missing."""
    if question.ignore not in IGNORED:
        return "(false)"
    missing = (f"k{at} IS NULL" for at in range(len(question.names)))
    return f"({IGNORED[question.ignore].join(missing)})"


def fault_of(relation: Relation, question: FaultyRecord) -> Sql:
    columns = [relation.columns[name] for name in question.names]
    return FAULTS[type(question.fault)](question.fault, columns)


def _unequal(fault: Unequal, columns: Columns) -> Sql:
    pairs = [equal("k0", columns[0], f"k{at}", column) for at, column in _others(columns)]
    if fault.missing_are_equal:
        pairs = [
            f"({pair} OR (k0 IS NULL AND k{at} IS NULL))" for at, pair in enumerate(pairs, start=1)
        ]
    return Sql(f"NOT ({' AND '.join(pairs) or 'true'})")


def _others(columns: Columns) -> Iterator[tuple[int, Column]]:
    return iter(list(enumerate(columns))[1:])


def _not_above(fault: NotAbove, columns: Columns) -> Sql:
    above = ordered("k0", columns[0], ">=" if fault.or_equal else ">", "k1", columns[1])
    return Sql(f"NOT {above}")


def _not_paired(fault: NotPaired, columns: Columns) -> Sql:
    pairs = [
        joined([_is("k0", columns[0], one), _is("k1", columns[1], other)], " AND ")
        for one, other in fault.pairs
    ]
    any_ = joined((Sql(f"({pair.text})", pair.values) for pair in pairs), " OR ")
    return Sql(f"NOT ({any_.text or 'false'})", any_.values)


def _is(key: str, column: Column, value: Value) -> Sql:
    if value is None:
        return Sql(f"{key} IS NULL")
    if not compares(column.kind, value):
        return Sql("false")
    left, right = comparable(value, column, key)
    bound = int(value) if isinstance(value, bool) else value
    return Sql(f"coalesce({left} = {right}, false)", (bound,))


def _sum_is_not(fault: SumIsNot, columns: Columns) -> Sql:
    """Whole numbers and decimals add up exactly; among others, as 64-bit numbers do."""
    types = [column.type.partition("(")[0] for column in columns]
    if any(type_ in ("FLOAT", "DOUBLE") for type_ in types):
        total = " + ".join(f"CAST(k{at} AS DOUBLE)" for at in range(len(columns)))
    elif "DECIMAL" in types:
        scale = max(int(c.type.rstrip(")").rpartition(",")[2]) for c in columns if "," in c.type)
        whole = " + ".join(f"CAST(k{at} AS DOUBLE)" for at in range(len(columns)))
        total = f"round({whole}, {scale})"
    else:
        total = " + ".join(f"CAST(k{at} AS HUGEINT)" for at in range(len(columns)))
    return Sql(f"coalesce({total} <> ?, true)", (fault.total,))


def _repeated(fault: RecordRepeated, columns: Columns) -> Sql:
    return Sql("n > 1")


def _repeated_within(fault: RepeatedWithin, columns: Columns) -> Sql:
    pairs = [
        f"({equal(f'k{one}', columns[one], f'k{other}', columns[other])} "
        f"OR (k{one} IS NULL AND k{other} IS NULL))"
        for one, other in combinations(range(len(columns)), 2)
    ]
    return Sql(" OR ".join(pairs) or "false")


FAULTS: Mapping[type[Any], Callable[[Any, Columns], Sql]] = {
    NotAbove: _not_above,
    NotPaired: _not_paired,
    RecordRepeated: _repeated,
    RepeatedWithin: _repeated_within,
    SumIsNot: _sum_is_not,
    Unequal: _unequal,
}
