"""`.npy`: one array, as numpy.save writes it. Nothing in it is ever unpickled."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from smokealarm.data.arrays import npy
from smokealarm.data.duck.relation import View
from smokealarm.data.sources.array_files import as_columns, opened
from smokealarm.data.sources.looking import look, must_start
from smokealarm.data.sources.source import Source


def inspect(source: Source) -> None:
    [part] = source.parts
    must_start(part, look(part).head, (npy.MAGIC,), source.format.name)


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A table with the wanted columns."""
    return as_columns(connection, source, opened(source, npy.arrays), wanted, name)
