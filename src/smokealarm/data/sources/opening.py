"""A source becomes a view of the embedded engine: text is parsed once, Parquet is read when asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.relation import View
from smokealarm.data.duck.sql import identifier
from smokealarm.data.sources.layout import columns_of, kind_of, types_of
from smokealarm.data.sources.reading import relation
from smokealarm.data.sources.source import Format, Source, Unreadable
from smokealarm.data.sources.text_files import complaint

# As pandas reads them; DuckDB's BOOLEAN would also take the letters t and f.
BOOLEANS = "('True', 'TRUE', 'true', 'False', 'FALSE', 'false')"


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """The source as a view called `name`, ready for questions about the wanted columns.

    Raises Unreadable where the file is not what it should be.
    """
    try:
        return _view(connection, source, wanted, name, careful=False)
    except duckdb.Error as error:
        if not is_about_the_file(error):
            raise
        wrong = "" if source.format is Format.PARQUET else complaint(source)
        if source.format is Format.CSV and not wrong:
            return _carefully(connection, source, wanted, name)
        raise unreadable(source, wrong or first_line(error)) from None


def is_about_the_file(error: duckdb.Error) -> bool:
    """The plain kind is what the Parquet reader raises for a damaged footer."""
    about = (duckdb.DataError, duckdb.IOException, duckdb.InvalidInputException)
    return type(error) is duckdb.Error or isinstance(error, about)


def unreadable(source: Source, wrong: str) -> Unreadable:
    """What is told of a file that is broken inside."""
    return Unreadable(
        f"{source.name} cannot be read as {source.format.value}: "
        + wrong.replace(str(source.path), source.name),
        "Mend the file or write it again; until then nothing can be said about its rows.",
    )


def first_line(error: Exception) -> str:
    """What the engine says, without its kind and its advice."""
    kind, _, said = str(error).splitlines()[0].partition(": ")
    return said or kind


def _carefully(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """Again with types from every row: a value after the sample was of another type."""
    try:
        return _view(connection, source, wanted, name, careful=True)
    except duckdb.Error as error:
        if not is_about_the_file(error):
            raise
        raise unreadable(source, first_line(error)) from None


def _view(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    wanted: Collection[str],
    name: str,
    careful: bool,
) -> View:
    types = types_of(connection, source, careful)
    columns = columns_of(connection, source, types)
    if source.format is Format.PARQUET:
        return _of_parquet(connection, source, columns, name)
    return _of_text(connection, source, types, columns, wanted, name, careful)


def _of_parquet(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    columns: Mapping[str, Column],
    name: str,
) -> View:
    """Parquet has columns and row numbers of its own: nothing is loaded before it is asked for."""
    keys = ", ".join(f"c{position}" for position in range(len(columns)))
    if "file_row_number" in (column.lower() for column in columns):
        numbered = f"(SELECT *, row_number() OVER () - 1 FROM {relation(source)})"
    else:
        numbered = relation(source).removesuffix(")") + ", file_row_number=true)"
    connection.execute(
        f"CREATE TEMP VIEW {identifier(name)} AS SELECT * FROM {numbered} AS t({keys}, n0)"
    )
    return View(name, columns, "n0")


def _of_text(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    types: dict[str, str],
    columns: dict[str, Column],
    wanted: Collection[str],
    name: str,
    careful: bool,
) -> View:
    """Parse text once, into the columns that are asked about, however many questions there are."""
    used = {f"c{at}": column for at, column in enumerate(columns) if column in wanted}
    doubtful = (
        {}
        if source.format is Format.JSONL
        else {key: "VARCHAR" if type_ == "BOOLEAN" else type_ for key, type_ in types.items()}
    )
    every = ", ".join(f"c{position}" for position in range(len(columns)))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS "
        f"SELECT {', '.join(used) or 'true AS c'} "
        f"FROM {relation(source, doubtful or types, careful)} AS t({every})"
    )
    if doubtful:
        for key, column in used.items():
            if columns[column].kind is Kind.BOOLEAN:
                columns[column] = _boolean_or_text(connection, name, key, column)
    return View(name, columns, "rowid")


def _boolean_or_text(
    connection: duckdb.DuckDBPyConnection, view: str, key: str, column: str
) -> Column:
    others = f"SELECT count(*) FROM {identifier(view)} WHERE {key} NOT IN {BOOLEANS}"
    if connection.execute(others).fetchall() == [(0,)]:
        connection.execute(f"ALTER TABLE {identifier(view)} ALTER {key} TYPE BOOLEAN")
        return Column(column, "BOOLEAN", Kind.BOOLEAN)
    return Column(column, "VARCHAR", kind_of("VARCHAR"))
