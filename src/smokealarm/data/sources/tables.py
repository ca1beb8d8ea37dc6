"""Temporary tables of the engine, for what is parsed once; they spill to the disk when they are large."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import duckdb

from smokealarm.data.duck.sql import identifier


def filled(
    connection: duckdb.DuckDBPyConnection, name: str, keys: Sequence[str], parts: Sequence[str]
) -> tuple[int, ...]:
    """A table `name` of the rows of these queries, in their order; the row at which each begins."""
    selected, table = ", ".join(keys) or "true AS c", identifier(name)
    counts: list[int] = []
    for at, part in enumerate(parts):
        how = f"INSERT INTO {table}" if at else f"CREATE OR REPLACE TEMP TABLE {table} AS"
        connection.execute(f"{how} SELECT {selected} FROM ({part})")
        counts.append(rows_of(connection, name) - sum(counts))
    return tuple(accumulate(counts[:-1], initial=0))


def rows_of(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    [(rows,)] = connection.execute(f"SELECT count(*) FROM {identifier(name)}").fetchall()
    return int(rows)
