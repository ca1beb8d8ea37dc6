"""Two columns, counted together."""

from __future__ import annotations

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.questions import Crossed, Value
from smokealarm.errors import Inconclusive

MOST = 1_000_000  # pairs of values that are brought to Python


def crossed(relation: Relation, question: Crossed) -> tuple[tuple[Value, Value, int], ...]:
    """The pairs of values, and how many rows have each."""
    keys = [_readable(relation.key(name), relation.columns[name]) for name in question.names]
    there = " AND ".join(f"NOT {relation.missing(name)}" for name in question.names)
    rows = relation.rows(question.where)
    text = f"SELECT {keys[0]} AS a, {keys[1]} AS b, count(*) FROM {rows.text} WHERE {there}"
    found = relation.ask(Sql(f"{text} GROUP BY 1, 2 ORDER BY 1, 2 LIMIT {MOST + 1}", rows.values))
    if len(found) > MOST:
        names = " and ".join(question.names)
        raise Inconclusive(
            f"{names} have more than {MOST:,} pairs of values",
            "Ask about columns with fewer values, as classes or groups.",
        )
    return tuple(found)


def _readable(key: str, column: Column) -> str:
    """The value as a number, a truth value or a text."""
    if column.kind is Kind.NUMBER:
        return f"CAST({key} AS DOUBLE)" if column.type.startswith("DECIMAL") else key
    return key if column.kind in (Kind.TEXT, Kind.BOOLEAN) else f"CAST({key} AS VARCHAR)"
