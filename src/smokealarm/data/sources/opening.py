"""A source becomes a view of the embedded engine, by the module of its format."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import duckdb

from smokealarm.data.duck.connection import is_out_of_room
from smokealarm.data.duck.relation import View
from smokealarm.data.sources.formats import Format
from smokealarm.data.sources.looking import unreadable
from smokealarm.data.sources.source import Source, Unreadable
from smokealarm.loading import load


def module(format: Format) -> Any:
    """The module that reads the format, loaded now. Raises FatalError where a library is missing."""
    return load(f"data.sources.{format.module}")


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """The source as a view called `name`, ready for questions about the wanted columns.

    Raises Unreadable where the file is not what it should be.
    """
    reader = module(source.format)
    try:
        reader.inspect(source)
        found: View = reader.view(connection, source, wanted, name)
    except duckdb.Error as error:
        if not is_about_the_file(error):
            raise
        raise broken(source, error) from None
    return found


def is_about_the_file(error: duckdb.Error) -> bool:
    """The plain kind is what the Parquet reader raises for a damaged footer."""
    if is_out_of_room(error):
        return False
    about = (duckdb.DataError, duckdb.IOException, duckdb.InvalidInputException)
    return type(error) is duckdb.Error or isinstance(error, about)


def broken(source: Source, error: Exception) -> Unreadable:
    """What the engine says of the file, naming the one of several that it is about."""
    said = first_line(error)
    part = next((part for part in source.parts if str(part.path) in said), source.parts[0])
    return unreadable(part, source.format.name, said)


def first_line(error: Exception) -> str:
    """What the engine says, without its kind and its advice."""
    kind, _, said = str(error).splitlines()[0].partition(": ")
    return said or kind
