"""JSONL: one object a line, of which every line is read for the types of the columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb

from smokealarm.data.duck.relation import View
from smokealarm.data.duck.sql import quoted
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.formats import packing_of
from smokealarm.data.sources.looking import begins, unreadable
from smokealarm.data.sources.opening import broken, is_about_the_file
from smokealarm.data.sources.partitions import must_agree, partition_columns, partition_sql
from smokealarm.data.sources.reading import list_of, mapping, path_of
from smokealarm.data.sources.source import Source, Unreadable
from smokealarm.data.sources.tables import filled
from smokealarm.data.sources.text_files import complaint, inspect_text, must_unpack
from smokealarm.data.sources.types import columns_of
from smokealarm.errors import Inconclusive

TEXT = ("DATE", "TIME", "TIMESTAMP", "UUID")  # JSON has no such types, only strings


def inspect(source: Source) -> None:
    for part in source.parts:
        head = inspect_text(part).removeprefix(b"\xef\xbb\xbf").lstrip()
        if not head.startswith(b"{"):
            raise Unreadable(
                f"{part.name} holds no JSON objects, one per line: it {begins(head)}",
                'Write every row as an object on a line of its own: {"label": 1}',
            )


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A table with the wanted columns. A key that is not in every file is null in the others."""
    must_agree(source.parts, [{} for _ in source.parts])
    for part in source.parts:
        must_unpack(part)
    try:
        return _view(connection, source, wanted, name)
    except duckdb.Error as error:
        if not is_about_the_file(error):
            raise
        for part in source.parts:
            if wrong := complaint(part):
                raise unreadable(part, "JSONL", wrong) from None
        if "maximum_object_size" in str(error):
            raise Inconclusive(
                f"{source.name} has a line of more than 16 MB, which is too long to be read",
                "Keep large values in files of their own, or write the table as Parquet.",
            ) from None
        raise broken(source, error) from None


def _view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    types = _types(connection, source)
    columns = columns_of(types, types.values())
    folders = partition_columns(source, columns)
    used = [f"c{at}" for at, key in enumerate([*columns, *folders]) if key in wanted]
    keys = ", ".join(f"c{at}" for at in range(len(columns)))
    parts = [
        f"SELECT *{partition_sql(source, folders, len(columns), str(at))} "
        f"FROM {_reader([part], f'columns={mapping(types)}')} AS t({keys})"
        for at, part in enumerate(source.parts)
    ]
    return View(name, {**columns, **folders}, "rowid", filled(connection, name, used, parts))


def _types(connection: duckdb.DuckDBPyConnection, source: Source) -> Mapping[str, str]:
    how = "sample_size=-1, maximum_sample_files=1000000, union_by_name=true"
    how += ", map_inference_threshold=-1"  # or a row of more than 200 numbers were one map
    rows = connection.execute(f"DESCRIBE FROM {_reader(source.parts, how)}").fetchall()
    return {name: "VARCHAR" if type_ in TEXT else type_ for name, type_, *_ in rows}


def _reader(parts: Collection[Part], how: str) -> str:
    paths = list_of(path_of(part) for part in parts)
    packings = {packing_of(part.name) for part in parts} - {""}
    packing = f", compression={quoted(min(packings))}" if len(packings) == 1 else ""
    return (
        f"read_json({paths}, format='newline_delimited', hive_partitioning=false{packing}, {how})"
    )
