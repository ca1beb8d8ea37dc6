"""The fault of a leaked split: rows of another table of the case, put into its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smokealarm.data.columns import Column
from smokealarm.data.drilling.planted import Original, Planted
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import identifier
from smokealarm.data.sources.source import Unreadable

SHARES = (0.01, 0.1)
CHECK = "no_leaked_rows"


def leaks(original: Original, relation: Relation, others: Sequence[str]) -> Iterator[Planted]:
    """For every other table that is like this one: some of its rows stand here as well."""
    for number, name in enumerate(others):
        try:
            there = relation.beside(name)
        except Unreadable:  # told when the case is run
            continue
        if not set(there.columns) & set(original.columns):
            continue
        copied = f"leak{number}"
        relation.connection.execute(
            f"CREATE TEMP TABLE {copied} AS SELECT {_as_here(original, there)} "
            f"FROM {identifier(there.view.name)} LIMIT {original.rows}"
        )
        for share in SHARES:
            yield _planted(original, name, copied, share)


def _as_here(original: Original, there: Relation) -> str:
    """The other table's columns under the names and types that they have here."""
    return ", ".join(_value(column, there) for column in original.columns.values())


def _value(column: Column, there: Relation) -> str:
    known = there.key(column.name) if column.name in there.columns else "NULL"
    return f"TRY_CAST({known} AS {column.type}) AS {identifier(column.name)}"


def _planted(original: Original, name: str, copied: str, share: float) -> Planted:
    rows = max(1, round(original.rows * share))
    more = (
        f"UNION ALL SELECT *, 0.5 AS {identifier(original.dice)}, "
        f"{original.rows} AS {identifier(original.at)} FROM (FROM {copied} LIMIT {rows})"
    )
    return Planted(
        CHECK,
        f"rows of {name} leaked in",
        f"{rows:,} row{'' if rows == 1 else 's'} more",
        more=more,
        remedy=f"Add: - {CHECK}: {{between: [{name}]}}",
    )
