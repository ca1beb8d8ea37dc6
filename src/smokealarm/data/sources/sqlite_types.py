"""The types of a SQLite table's columns: by the values in it, and by affinity where there are none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from smokealarm.data.duck.sql import identifier

KINDS = ("integer", "real", "text", "blob")
WIDTH = 400  # columns in one query: SQLite returns at most 2,000 values a row


def types_of(database: sqlite3.Connection, table: str) -> dict[str, pa.DataType]:
    """A type per column that holds its values. A mixture of numbers and texts is text."""
    columns = [
        (str(name), str(declared or ""))
        for _, name, declared, *_ in database.execute(f"PRAGMA table_xinfo({identifier(table)})")
    ]
    found: dict[str, pa.DataType] = {}
    for at in range(0, len(columns), WIDTH):
        some = columns[at : at + WIDTH]
        stored = _stored(database, table, [name for name, _ in some])
        found |= {name: _type(kinds, declared) for (name, declared), kinds in zip(some, stored)}
    return found


def _stored(database: sqlite3.Connection, table: str, columns: Sequence[str]) -> list[set[str]]:
    """Of which kinds the values in each column are, in one pass over the table."""
    asked = (f"max(typeof({identifier(c)}) = '{kind}')" for c in columns for kind in KINDS)
    [flags] = database.execute(f"SELECT {', '.join(asked)} FROM {identifier(table)}")
    width = len(KINDS)
    return [
        {kind for kind, there in zip(KINDS, flags[at * width : (at + 1) * width]) if there}
        for at in range(len(columns))
    ]


def _type(stored: set[str], declared: str) -> pa.DataType:
    stored = stored or {_affinity(declared)}
    if stored == {"integer"}:
        return pa.int64()
    if stored <= {"integer", "real"}:
        return pa.float64()
    return pa.binary() if stored == {"blob"} else pa.string()


def _affinity(declared: str) -> str:
    """As https://www.sqlite.org/datatype3.html#determination_of_column_affinity has it."""
    declared = declared.upper()
    if "INT" in declared or "BOOL" in declared:
        return "integer"
    if any(part in declared for part in ("CHAR", "CLOB", "TEXT")):
        return "text"
    return "blob" if "BLOB" in declared else "real"


def converted(values: Iterable[Any], type_: pa.DataType) -> list[Any]:
    """The values as the type has them."""
    if type_ == pa.string():
        return [_text(value) for value in values]
    if type_ == pa.float64():
        return [None if value is None else float(value) for value in values]
    return list(values)


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return None if value is None else str(value)
