"""`.npz`: several arrays, as numpy.savez writes them. Nothing in it is ever unpickled."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from smokealarm.data.arrays import npz
from smokealarm.data.duck.relation import View
from smokealarm.data.sources.array_files import as_columns, opened
from smokealarm.data.sources.looking import look, must_start
from smokealarm.data.sources.source import Source


def inspect(source: Source) -> None:
    [part] = source.parts
    must_start(
        part,
        look(part).head,
        (
            b"PK\x03\x04",
            b"PK\x05\x06",
        ),
        source.format.name,
    )


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A table with the wanted columns."""
    return as_columns(connection, source, opened(source, npz.arrays), wanted, name)
