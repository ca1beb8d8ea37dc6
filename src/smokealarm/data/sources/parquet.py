"""Parquet: nothing is loaded before it is asked for, from one file or from many."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

import duckdb
from msgspec import Struct

from smokealarm.data.columns import Column
from smokealarm.data.duck.relation import View
from smokealarm.data.duck.sql import identifier
from smokealarm.data.duck.values import FLOATS
from smokealarm.data.sources.bombs import refuse_inflated
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.formats import PARQUET
from smokealarm.data.sources.looking import MAGIC, look, must_start
from smokealarm.data.sources.partitions import must_agree, partition_columns, partition_sql
from smokealarm.data.sources.reading import list_of, path_of
from smokealarm.data.sources.source import Source, Unreadable
from smokealarm.data.sources.types import columns_of

OWN_NAMES = {"file_row_number", "file_index"}  # the reader's, unless a column is called so


class Layout(Struct, frozen=True):
    """A file's columns, each with the types inside it; None for one that holds nothing but nulls."""

    part: Part
    types: Mapping[str, tuple[str, ...] | None]


def inspect(source: Source) -> None:
    for part in source.parts:
        head, tail = look(part)
        must_start(part, head, (MAGIC,), PARQUET.name)
        if not tail.endswith(MAGIC):
            raise Unreadable(
                f"{part.name} is cut short: "
                "a Parquet file ends with the bytes PAR1, this one does not",
                "Write or download it again; the last time did not finish.",
            )


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A view over the files, with columns for what their folders' names say."""
    layouts = _layouts(connection, source)
    must_agree([layout.part for layout in layouts], [layout.types for layout in layouts])
    starts = _starts(connection, source)
    alike = all(layout.types == layouts[0].types for layout in layouts)
    reader = f"read_parquet({_paths(source)}, hive_partitioning=false, union_by_name={not alike}"
    described = connection.execute(f"DESCRIBE FROM {reader})").fetchall()
    names = list(layouts[0].types)
    if len(names) != len(described):  # a layout that only the engine understands: keep its names
        names = [name for name, *_ in described]
    columns = columns_of(names, (type_ for _, type_, *_ in described))
    folders = partition_columns(source, columns)
    # Only what is wanted: each query about a view of 10,000 columns takes seconds to understand.
    used = [f"c{at}" for at, column in enumerate(columns) if column in wanted]
    query = _query(source, columns, used, folders, starts, reader)
    connection.execute(f"CREATE TEMP VIEW {identifier(name)} AS {query}")
    return View(name, {**columns, **folders}, "n0", starts)


def _query(
    source: Source,
    columns: Mapping[str, Column],
    used: Sequence[str],
    folders: Mapping[str, Column],
    starts: Sequence[int],
    reader: str,
) -> str:
    """The rows with their numbers, which the reader knows without counting."""
    keys = ", ".join(f"c{position}" for position in range(len(columns)))
    types = [column.type for column in columns.values()]
    selected = "".join(f"{_opaque(key, types[int(key[1:])])} AS {key}, " for key in used)
    if OWN_NAMES & {column.lower() for column in columns}:
        return _one_by_one(source, keys, selected, len(columns), folders, starts)
    numbered = f"{reader}, file_row_number=true)"
    if len(source.parts) == 1:
        folder = partition_sql(source, folders, len(columns), "0")
        return f"SELECT {selected}n0{folder} FROM {numbered} AS t({keys}, n0)"
    folder = partition_sql(source, folders, len(columns), "f0")
    number = f"n + ({list(starts)})[f0 + 1]"
    rows = f"(SELECT *, CAST(file_index AS BIGINT) FROM {numbered}) AS t({keys}, n, f0)"
    return f"SELECT {selected}{number} AS n0{folder} FROM {rows}"


def _opaque(key: str, type_: str) -> str:
    """The column, hidden from what the file notes of its least and largest value, where NaN counts for
    nothing: of 1.0 and NaN the engine would take every value for 1.0, and find no row with NaN.
    """
    return f"TRY({key})" if type_ in FLOATS else key


def _one_by_one(
    source: Source,
    keys: str,
    selected: str,
    width: int,
    folders: Mapping[str, Column],
    starts: Sequence[int],
) -> str:
    """Where the reader's names for its own columns are taken, the rows are counted file by file."""
    return " UNION ALL ".join(
        f"SELECT {selected}row_number() OVER () - 1 + {start} AS n0"
        f"{partition_sql(source, folders, width, str(at))} "
        f"FROM read_parquet({path_of(part)}, hive_partitioning=false) AS t({keys})"
        for at, (part, start) in enumerate(zip(source.parts, starts))
    )


def _paths(source: Source) -> str:
    return list_of(path_of(part) for part in source.parts)


def _layouts(connection: duckdb.DuckDBPyConnection, source: Source) -> list[Layout]:
    """The columns of every file: the engine's own names differ where two differ by case only."""
    by_file: dict[str, list[tuple[str, int, str]]] = {}
    for file, *entry in connection.execute(
        "SELECT file_name, name, coalesce(num_children, 0), "
        "CASE WHEN logical_type LIKE 'NullType%' THEN NULL ELSE coalesce(duckdb_type, '') END "
        f"FROM parquet_schema({_paths(source)})"
    ).fetchall():
        by_file.setdefault(file, []).append((entry[0], entry[1], entry[2]))
    return [Layout(part, _of_tree(by_file[str(part.path)])) for part in source.parts]


def _of_tree(entries: Sequence[tuple[str, int, str]]) -> dict[str, tuple[str, ...] | None]:
    """The children of the schema's root: the list is a tree, written depth first."""
    found: dict[str, tuple[str, ...] | None] = {}
    inside, column = 0, ""
    for name, children, type_ in entries[1:]:
        if not inside:
            column = name
            found[column] = None if type_ is None else (type_,)
        else:
            found[column] = (*(found[column] or ()), f"{name} {type_}")
        inside = max(0, inside - 1) + children
    return found


def _starts(connection: duckdb.DuckDBPyConnection, source: Source) -> tuple[int, ...]:
    """The row of the table at which each file begins."""
    told = connection.execute(
        f"SELECT file_name, num_rows FROM parquet_file_metadata({_paths(source)})"
    ).fetchall()
    rows = dict(told)
    counts = [int(rows[str(part.path)]) for part in source.parts]
    for part, count in zip(source.parts, counts):
        refuse_inflated(connection, part, count)
    return tuple(accumulate(counts[:-1], initial=0))
