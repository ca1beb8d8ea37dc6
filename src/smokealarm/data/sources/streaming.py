"""Record batches of pyarrow, copied into the engine one by one: never more than one is in memory.

Copied, and not mapped into memory: a mapped file that another program cuts short kills the process.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from smokealarm.data.duck.relation import View
from smokealarm.data.duck.sql import identifier
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.looking import unreadable
from smokealarm.data.sources.partitions import must_agree, partition_columns, partition_sql
from smokealarm.data.sources.source import Source
from smokealarm.data.sources.tables import filled
from smokealarm.data.sources.types import columns_of

Batches = Callable[[Part, Sequence[str]], Iterable[pa.RecordBatch]]


def loaded(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    schemas: Sequence[pa.Schema],
    batches: Batches,
    wanted: Collection[str],
    name: str,
) -> View:
    """A table with the wanted columns of every part; `batches` gives those that it is asked for."""
    must_agree(source.parts, [_types(schema) for schema in schemas])
    schema = pa.unify_schemas(list(map(_without_notes, schemas)))
    columns = columns_of(schema.names, _engine_types(connection, schema))
    folders = partition_columns(source, columns)
    used = [column for column in columns if column in wanted]
    keys = {column: f"c{at}" for at, column in enumerate([*columns, *folders])}
    parts, troubles = [], list[Exception]()
    for at, part in enumerate(source.parts):
        told = _told(part, batches, pa.schema([schema.field(column) for column in used]), troubles)
        reader = pa.RecordBatchReader.from_batches(_counted(schema, used), told)
        connection.register(f"{name} part {at}", reader)
        given = ", ".join([*(keys[column] for column in used), "cn"])
        rows = f"{identifier(f'{name} part {at}')} AS t({given})"
        parts.append(f"SELECT *{partition_sql(source, folders, len(columns), str(at))} FROM {rows}")
    asked = [keys[column] for column in (*columns, *folders) if column in wanted]
    try:
        starts = filled(connection, name, asked, parts)
    except duckdb.Error:
        if troubles:
            raise troubles[0] from None
        raise
    for at in range(len(parts)):
        connection.unregister(f"{name} part {at}")
    return View(name, {**columns, **folders}, "rowid", starts)


def _counted(schema: pa.Schema, used: Sequence[str]) -> pa.Schema:
    """The columns and one more, so that a table of which none is wanted has rows."""
    return pa.schema([*(schema.field(column) for column in used), pa.field("\0", pa.bool_())])


def _told(
    part: Part, batches: Batches, schema: pa.Schema, troubles: list[Exception]
) -> Iterator[pa.RecordBatch]:
    """The batches in this schema. The engine hides what went wrong in them, so it is kept."""
    counted = _counted(schema, schema.names)
    try:
        for batch in batches(part, schema.names):
            batch.validate(full=True)  # offsets that point elsewhere would crash the engine
            arrays = [_cast(batch.column(at), field.type) for at, field in enumerate(schema)]
            rows = pa.nulls(batch.num_rows, pa.bool_())
            yield pa.RecordBatch.from_arrays([*arrays, rows], schema=counted)
    except (pa.ArrowException, OSError) as error:
        troubles.append(unreadable(part, "Arrow", str(error).splitlines()[0]))
        raise
    except Exception as error:
        troubles.append(error)
        raise


def _cast(array: pa.Array, type_: pa.DataType) -> pa.Array:
    return array if array.type == type_ else array.cast(type_)


def _without_notes(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.remove_metadata().with_nullable(True) for field in schema])


def _types(schema: pa.Schema) -> dict[str, Any]:
    return {f.name: None if pa.types.is_null(f.type) else str(f.type) for f in schema}


def _engine_types(connection: duckdb.DuckDBPyConnection, schema: pa.Schema) -> list[str]:
    """The engine's types of the columns, asked of a table without rows."""
    nothing = schema.empty_table()
    nothing = nothing.rename_columns([f"c{at}" for at in range(len(schema))])
    if not len(schema):
        return []
    connection.register("nothing", nothing)
    described = connection.execute("DESCRIBE FROM nothing").fetchall()
    connection.unregister("nothing")
    return [type_ for _, type_, *_ in described]
