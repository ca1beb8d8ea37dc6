"""A cheap proof that every value of a column is different, for the columns that are meant to be so.

Over 10 million rows, counting each value took 2.4 CPU seconds for numbers and 3.0 for texts, and 0.6 and
0.9 GB; a bit per number takes 0.4, and hashes in the place of texts 2.2 and half of the memory. Where
there is no proof, values may still be different: then they are counted after all.
"""

from __future__ import annotations

from smokealarm.data.columns import Column, Kind
from smokealarm.data.conditions.where import Condition
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import FLOATS, missing
from smokealarm.data.questions import Tally

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
MOST_BITS = 1_000_000_000  # as many as DuckDB's bitstring_agg takes
SPARSE = 32  # bits for a value; more are dearer than to count


def proof(relation: Relation, column: str, where: Condition | None) -> Tally | None:
    """The tally of a column in which no value is repeated, or None where that is not proven."""
    known = relation.columns[column]
    rows, there = relation.rows(where), f"NOT {missing('v', known)}"
    values = Sql(f"(SELECT {relation.key(column)} AS v FROM {rows.text})", rows.values)
    if known.type in WHOLE:
        return _by_bits(relation, values, there)
    return _by_hashes(relation, values, there) if _hashable(known) else None


def _hashable(column: Column) -> bool:
    """Whether equal values have equal hashes for sure: 0.0 and -0.0 are equal."""
    if column.kind is Kind.NUMBER:
        return column.type not in FLOATS
    return column.kind in (Kind.TEXT, Kind.MOMENT)


def _by_bits(relation: Relation, values: Sql, there: str) -> Tally | None:
    ends = f"SELECT count(*), count(v), min(v), max(v) FROM {values.text}"
    [(rows, present, least, largest)] = relation.ask(values._replace(text=ends))
    if not present:
        return Tally(rows, rows, 0)
    width = largest - least + 1
    if width < present:
        return None
    if width > min(MOST_BITS, SPARSE * present):
        return _by_hashes(relation, values, there)
    bits = f"bit_count(bitstring_agg(v, {least}, {largest}))"
    [(different,)] = relation.ask(values._replace(text=f"SELECT {bits} FROM {values.text}"))
    return Tally(rows, rows - present, 0) if different == present else None


def _by_hashes(relation: Relation, values: Sql, there: str) -> Tally | None:
    """Different hashes have different values."""
    counted = f"SELECT count(*), count(*) FILTER ({there}) FROM {values.text}"
    [(rows, present)] = relation.ask(values._replace(text=counted))
    hashed = f"(SELECT hash(v) FROM {values.text} WHERE {there} GROUP BY 1)"
    [(different,)] = relation.ask(values._replace(text=f"SELECT count(*) FROM {hashed}"))
    return Tally(rows, rows - present, 0) if different == present else None
