"""Which columns a file has: by their true names, which DuckDB changes where two differ by case only."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from smokealarm.data.columns import Column, Kind
from smokealarm.data.sources.reading import relation
from smokealarm.data.sources.source import Format, Source
from smokealarm.data.sources.text_files import header

NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
UNSIGNED = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
TEXT_IN_JSON = ("DATE", "TIME", "TIMESTAMP", "UUID")  # JSON has no such types, only strings


def types_of(
    connection: duckdb.DuckDBPyConnection, source: Source, careful: bool
) -> dict[str, str]:
    """The engine's names of the columns, in their order, and its types for them."""
    rows = connection.execute(f"DESCRIBE FROM {relation(source, careful=careful)}").fetchall()
    types = {name: type_ for name, type_, *_ in rows}
    if source.format is Format.JSONL:
        return {name: "VARCHAR" if t in TEXT_IN_JSON else t for name, t in types.items()}
    return types


def columns_of(
    connection: duckdb.DuckDBPyConnection, source: Source, types: dict[str, str]
) -> dict[str, Column]:
    """The columns by their true names, in their order."""
    names = list(types)
    if source.format is Format.CSV:
        names = header(source)
    elif source.format is Format.PARQUET:
        names = list(_parquet_names(connection, source))
    if len(names) != len(types):  # a layout that only the engine understands: keep its names
        names = list(types)
    pairs = zip(names, types.values())
    return {name: Column(name, type_, kind_of(type_)) for name, type_ in pairs}


def kind_of(type_: str) -> Kind:
    base = type_.partition("(")[0]
    if type_.endswith("]"):  # a list or an array, of whatever
        return Kind.OTHER
    if base in NUMBERS or base in UNSIGNED:
        return Kind.NUMBER
    if base == "BOOLEAN":
        return Kind.BOOLEAN
    if base in ("VARCHAR", "ENUM"):
        return Kind.TEXT
    return Kind.MOMENT if base == "DATE" or base.startswith("TIMESTAMP") else Kind.OTHER


def _parquet_names(connection: duckdb.DuckDBPyConnection, source: Source) -> Iterator[str]:
    """The children of the schema's root: the list is a tree, written depth first."""
    path = relation(source).partition("(")[2].rpartition(", ")[0]
    rows = connection.execute(f"SELECT name, num_children FROM parquet_schema({path})").fetchall()
    inside = 0
    for name, children in rows[1:]:
        if not inside:
            yield name
        inside = max(0, inside - 1) + (children or 0)
