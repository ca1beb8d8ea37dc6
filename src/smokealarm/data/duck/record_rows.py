"""Rows with a fault in several columns: how many there are, and which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smokealarm.data.duck.record_faults import fault_of
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.questions import FaultyRecord, RecordRepeated, Tally

IGNORED = {
    "both_values_are_missing": " AND ",
    "all_values_are_missing": " AND ",
    "either_value_is_missing": " OR ",
    "any_value_is_missing": " OR ",
}


def tally(relation: Relation, question: FaultyRecord) -> Tally:
    """How many rows there are, how many are ignored, and how many of the others have the fault."""
    keys, left_out, fault = (
        _keys(relation, question),
        _ignored(question),
        _fault(relation, question),
    )
    rows = "1"
    if isinstance(question.fault, RecordRepeated):
        rows = "n"
        keys = Sql(
            f"(SELECT * EXCLUDE r, count(*) AS n FROM {keys.text} GROUP BY ALL)", keys.values
        )
    conditions = ("true", left_out, f"NOT {left_out} AND ({fault.text})")
    counts = ", ".join(f"coalesce(sum({rows}) FILTER ({one}), 0)" for one in conditions)
    [found] = relation.ask(Sql(f"SELECT {counts} FROM {keys.text}", fault.values + keys.values))
    return Tally(*map(int, found))


def faulty(relation: Relation, question: FaultyRecord, at_most: int) -> list[tuple[Any, ...]]:
    """The first rows with the fault: their numbers from 0, and their values as texts."""
    keys, fault = _keys(relation, question), _fault(relation, question)
    names = [f"k{at}" for at in range(len(question.names))]
    if isinstance(question.fault, RecordRepeated):
        keys, fault = _repeating(keys, names), Sql("true")
    texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
    return relation.ask(
        Sql(
            f"SELECT r, {texts} FROM {keys.text} "
            f"WHERE NOT {_ignored(question)} AND ({fault.text}) ORDER BY r LIMIT {at_most}",
            keys.values + fault.values,
        )
    )


def _keys(relation: Relation, question: FaultyRecord) -> Sql:
    """The rows that are meant, as their number `r` and their keys."""
    rows = relation.rows(question.where)
    keys = ", ".join(
        f"CASE WHEN {relation.missing(name)} THEN NULL ELSE {relation.key(name)} END AS k{at}"
        for at, name in enumerate(question.names)
    )
    return Sql(f"(SELECT {relation.view.row} AS r, {keys} FROM {rows.text})", rows.values)


def _ignored(question: FaultyRecord) -> str:
    """What is true of the rows that count as missing."""
    if question.ignore not in IGNORED:
        return "(false)"
    missing = (f"k{at} IS NULL" for at in range(len(question.names)))
    return f"({IGNORED[question.ignore].join(missing)})"


def _fault(relation: Relation, question: FaultyRecord) -> Sql:
    return fault_of(question.fault, [relation.columns[name] for name in question.names])


def _repeating(keys: Sql, names: Sequence[str]) -> Sql:
    """The rows whose keys stand in several: by a join, which needs less memory than a window."""
    many = f"SELECT * EXCLUDE r FROM {keys.text} GROUP BY ALL HAVING count(*) > 1"
    same = " AND ".join(f"k.{name} IS NOT DISTINCT FROM m.{name}" for name in names)
    text = f"(SELECT k.* FROM {keys.text} AS k SEMI JOIN ({many}) AS m ON {same})"
    return Sql(text, keys.values * 2)
