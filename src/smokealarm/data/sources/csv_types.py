"""The types that pandas.read_csv would give: what is a number, and what is true or false."""

from __future__ import annotations

import duckdb

from smokealarm.data.duck.sql import identifier, quoted

# DuckDB's BOOLEAN would also take the letters t and f.
BOOLEANS = "('True', 'TRUE', 'true', 'False', 'FALSE', 'false')"

# DuckDB guesses text where a number has a plus or leading zeros.
INTEGER = r"\s*[+-]?[0-9]+\s*"
NUMBER = r"\s*[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|(?i:inf|infinity))\s*"

WIDTH = ("BIGINT", "HUGEINT", "DOUBLE")


def common(first: str, second: str) -> str:
    """A type for the values of both; text where they are of two kinds, to be settled later."""
    if first == second:
        return first
    if first in WIDTH and second in WIDTH:
        return max(first, second, key=WIDTH.index)
    return "VARCHAR"


def loadable(type_: str, doubted: bool) -> str:
    """What to parse a column as that was guessed to be of the type."""
    return "VARCHAR" if type_ == "BOOLEAN" or (doubted and type_ in WIDTH[:2]) else type_


def settled(connection: duckdb.DuckDBPyConnection, table: str, key: str, type_: str) -> str:
    """The column's type after a look at all its values, to which it is brought."""
    if type_ != "VARCHAR":
        return type_
    column = _Column(connection, identifier(table), key)
    wanted = _wanted(column)
    if wanted != "VARCHAR":
        column.becomes(wanted)
    return wanted


def _wanted(column: _Column) -> str:
    if not column.has("true"):  # nothing but nulls; in pandas such a column holds floats
        return "DOUBLE" if column.rows() else "VARCHAR"
    if not column.has(f"v NOT IN {BOOLEANS}"):
        return "BOOLEAN"
    if column.has(f"NOT regexp_full_match(v, {quoted(NUMBER)})"):
        return "VARCHAR"
    if column.has(f"NOT regexp_full_match(v, {quoted(INTEGER)})"):
        return "DOUBLE"
    for type_ in ("BIGINT", "HUGEINT"):
        if not column.has(f"TRY_CAST({_PLAIN.format('v')} AS {type_}) IS NULL"):
            return type_
    return "VARCHAR"


_PLAIN = "ltrim(trim({}, ' \t'), '+')"


class _Column:
    """A column of texts in a table of the engine. A search for a value ends with the first one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str, key: str) -> None:
        self._connection, self._table, self._key = connection, table, key

    def has(self, condition: str) -> bool:
        found = self._connection.execute(
            f"SELECT 1 FROM (SELECT {self._key} AS v FROM {self._table}) "
            f"WHERE v IS NOT NULL AND {condition} LIMIT 1"
        ).fetchall()
        return bool(found)

    def rows(self) -> bool:
        return bool(self._connection.execute(f"SELECT 1 FROM {self._table} LIMIT 1").fetchall())

    def becomes(self, type_: str) -> None:
        plain = "{}" if type_ == "BOOLEAN" else _PLAIN
        self._connection.execute(
            f"ALTER TABLE {self._table} ALTER {self._key} TYPE {type_} "
            f"USING CAST({plain.format(self._key)} AS {type_})"
        )
