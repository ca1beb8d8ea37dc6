"""SQLite: one table of a database, which is only read, and from which nothing is executed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from urllib.parse import quote

import duckdb
import pyarrow as pa

from smokealarm.data.columns import did_you_mean, listed
from smokealarm.data.duck.relation import View
from smokealarm.data.duck.sql import identifier
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.formats import SQLITE
from smokealarm.data.sources.looking import look, must_start, unreadable
from smokealarm.data.sources.source import Source
from smokealarm.data.sources.sqlite_types import converted, types_of
from smokealarm.data.sources.streaming import loaded
from smokealarm.errors import FatalError, Inconclusive

BATCH = 10_000


def inspect(source: Source) -> None:
    [part] = source.parts
    head, _ = look(part)
    must_start(part, head, (b"SQLite format 3\0",), SQLITE.name)
    for unfinished in ("-wal", "-journal"):
        beside = part.path.with_name(part.path.name + unfinished)
        if beside.is_file() and beside.stat().st_size:
            raise Inconclusive(
                f"{part.name} is in use: {beside.name} holds changes that are not in it yet",
                "Close the database first (PRAGMA wal_checkpoint), or judge a copy: VACUUM INTO.",
            )


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A table with the wanted columns, whose types are those of the values in them."""
    [part] = source.parts
    try:
        with _database(part) as database:
            table = _table(database, source)
            types = types_of(database, table)
            schema = pa.schema([pa.field(column, type_) for column, type_ in types.items()])

            def batches(_: Part, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
                yield from _batches(database, table, pa.schema([schema.field(c) for c in columns]))

            return loaded(connection, source, [schema], batches, wanted, name)
    except sqlite3.Error as error:
        raise unreadable(part, SQLITE.name, str(error)) from None


@contextmanager
def _database(part: Part) -> Iterator[sqlite3.Connection]:
    """The database as it lies on the disk: no lock, no journal, no function of its schema.

    The engine asks for its rows from threads of its own, one after the other.
    """
    uri = f"file:{quote(str(part.path))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True, check_same_thread=False)) as database:
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA cell_size_check = ON")
        database.text_factory = lambda raw: raw.decode("utf-8", "replace")
        yield database


def _table(database: sqlite3.Connection, source: Source) -> str:
    """The name of the table that is meant; a view would be executed, and is none."""
    tables = [
        name
        for name, sql in database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
            "ESCAPE '\\' ORDER BY name"
        )
        if not (sql or "").upper().startswith("CREATE VIRTUAL")
    ]
    if source.inner in tables:
        return source.inner
    if not source.inner and len(tables) == 1:
        return str(tables[0])
    file = source.parts[0].name
    wrong = (
        f"there is no table {source.inner!r} in {file}{did_you_mean(source.inner, tables)}"
        if source.inner
        else f"{file} holds {len(tables)} tables, and `table:` does not say which"
    )
    raise FatalError(
        wrong, f"Its tables are: {listed(tables)}. Write the name after two colons: {file}::name."
    )


def _batches(
    database: sqlite3.Connection, table: str, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    names = ", ".join(map(identifier, schema.names)) or "1"
    cursor = database.execute(f"SELECT {names} FROM {identifier(table)}")
    while rows := cursor.fetchmany(BATCH):
        columns = list(zip(*rows))
        arrays = [
            pa.array(converted(values, field.type), field.type)
            for field, values in zip(schema, columns)
        ]
        if not arrays:
            yield pa.RecordBatch.from_arrays([pa.nulls(len(rows))], ["\0"])
        else:
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
