"""Rows that are equal to another: found by their hashes, one number a row, and then compared in full."""

from __future__ import annotations

from smokealarm.data.conditions.where import Condition
from smokealarm.data.duck.alike import hashed, keys, paired_keys, same_rows
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.questions.comparisons import RepeatedRows, SharedRows, Twins

SHOWN = 5


def repeated(relation: Relation, question: RepeatedRows) -> Twins:
    """The rows that are equal to an earlier one."""
    names = question.meant(list(relation.columns))
    rows, total = relation.rows(question.where), _count(relation, question.where)
    if not names:
        return Twins(rows=total, again=0)
    same = keys(relation, names, question.digits)
    several = Sql(
        f"SELECT {hashed(same)} AS h FROM {rows.text} GROUP BY h HAVING count(*) > 1", rows.values
    )
    suspect = Sql(
        f"SELECT {relation.view.row} AS r, "
        f"min({relation.view.row}) OVER (PARTITION BY {', '.join(same)}) AS first "
        f"FROM {rows.text} WHERE {hashed(same)} IN ({several.text})",
        (*rows.values, *several.values),
    )
    again, pairs = _found(
        relation, Sql(f"SELECT r, first AS o FROM ({suspect.text}) WHERE r > first", suspect.values)
    )
    return Twins(rows=total, again=again, pairs=pairs, columns=tuple(names))


def shared(relation: Relation, question: SharedRows) -> Twins:
    """The rows that stand in the other table too. A row without any value proves nothing."""
    other = relation.beside(question.other)
    names = [name for name in question.meant(list(relation.columns)) if name in other.columns]
    rows = relation.rows(question.where)
    theirs = same_rows(other, question.where, question.other)
    total = _count(relation, question.where)
    if not names:
        return Twins(rows=total, again=0)
    mine, same = paired_keys(relation, other, names, question.digits)
    here = _numbered(relation, rows, mine)
    there = _numbered(other, theirs, same)
    columns = ", ".join(f"k{at}" for at in range(len(names)))
    equal = " AND ".join(f"a.k{at} IS NOT DISTINCT FROM b.k{at}" for at in range(len(names)))
    some = " OR ".join(f"k{at} IS NOT NULL" for at in range(len(names)))
    hashes = Sql(f"SELECT {hashed(same)} FROM {theirs.text}", theirs.values)
    suspect = Sql(
        f"SELECT * FROM ({here.text}) WHERE h IN ({hashes.text}) AND ({some})",
        (*here.values, *hashes.values),
    )
    twins = Sql(
        f"WITH a AS MATERIALIZED ({suspect.text}), b AS (SELECT h, {columns}, min(r) AS r "
        f"FROM ({there.text}) WHERE h IN (SELECT h FROM a) GROUP BY ALL) "
        f"SELECT a.r, b.r AS o FROM a JOIN b ON a.h = b.h AND {equal}",
        (*suspect.values, *there.values),
    )
    again, pairs = _found(relation, twins)
    usual = _usual(other, theirs, same) if again else 0.0
    return Twins(rows=total, again=again, pairs=pairs, usual=usual, columns=tuple(names))


def _numbered(relation: Relation, rows: Sql, same: list[str]) -> Sql:
    """Row number, hash, and the keys as k0, k1, …"""
    named = ", ".join(f"{key} AS k{at}" for at, key in enumerate(same))
    text = f"SELECT {relation.view.row} AS r, {hashed(same)} AS h, {named} FROM {rows.text}"
    return Sql(text, rows.values)


def _found(relation: Relation, pairs: Sql) -> tuple[int, tuple[tuple[int, int], ...]]:
    """How many rows `r` have a twin `o`, and the first few; here they count from 0, there from 1."""
    [(count, first)] = relation.ask(
        Sql(
            f"SELECT count(*), arg_min([r + 1, o + 1], r, {SHOWN}) " f"FROM ({pairs.text})",
            pairs.values,
        )
    )
    return int(count), tuple((one, two) for one, two in first or ())


def _usual(other: Relation, rows: Sql, same: list[str]) -> float:
    """The share of the other table's rows that have a twin in it: what chance alone would do here."""
    several = f"SELECT count(*) AS n FROM {rows.text} GROUP BY {hashed(same)}"
    [(share,)] = other.ask(
        Sql(f"SELECT coalesce(sum(n) FILTER (n > 1), 0) / sum(n) FROM ({several})", rows.values)
    )
    return float(share or 0.0)


def _count(relation: Relation, where: Condition | None) -> int:
    rows = relation.rows(where)
    [(count,)] = relation.ask(Sql(f"SELECT count(*) FROM {rows.text}", rows.values))
    return int(count)
