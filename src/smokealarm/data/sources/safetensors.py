"""`.safetensors`: the tensors of a model, a row each."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from smokealarm.data.arrays import safetensors
from smokealarm.data.duck.relation import View
from smokealarm.data.sources.array_files import as_rows, opened
from smokealarm.data.sources.looking import look
from smokealarm.data.sources.source import Source


def inspect(source: Source) -> None:
    [part] = source.parts
    look(part)


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A table with the wanted columns."""
    return as_rows(connection, source, opened(source, safetensors.arrays), wanted, name)
