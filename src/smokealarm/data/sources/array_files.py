"""What the formats of arrays share: the table that is made of arrays, and how damage is told.

Arrays that share their first axis are columns: one of a single axis is a column of its name. One of more
axes is told by four numbers of each row, `x.min`, `x.max`, `x.mean` and `x.missing` (how many are NaN);
one of two axes has a column for each of its own, `x.0`, `x.1`, … Arrays that do not share it, and the
tensors of a model, are a table with a row each: array, dtype, shape, axes, elements.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path

import duckdb
import pyarrow as pa
from msgspec import Struct, structs

from smokealarm.data.arrays.columns import columns_of, rows_of
from smokealarm.data.arrays.stored import Damaged, Stored
from smokealarm.data.columns import did_you_mean, listed
from smokealarm.data.duck.relation import View
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.looking import unreadable
from smokealarm.data.sources.source import Source
from smokealarm.data.sources.streaming import loaded
from smokealarm.errors import FatalError

Arrays = Mapping[str, Stored]


class ArrayFile(Struct, frozen=True):
    """The arrays of a file."""

    part: Part
    format: str
    arrays: Arrays

    @contextmanager
    def told(self) -> Iterator[None]:
        """Raises Unreadable where the bytes are not what the file declares."""
        try:
            yield
        except Damaged as damage:
            raise unreadable(self.part, self.format, str(damage)) from None


def opened(source: Source, arrays: Callable[[Path], Arrays]) -> ArrayFile:
    """The arrays of the source, or the one that its name means. Raises Unreadable."""
    [part] = source.parts
    with ArrayFile(part, source.format.name, {}).told():
        found = arrays(part.path)
    if source.inner:
        if source.inner not in found:
            raise FatalError(
                f"there is no array {source.inner!r} in {part.name}"
                f"{did_you_mean(source.inner, list(found))}",
                f"Its arrays are: {listed(list(found))}.",
            )
        found = {source.inner: found[source.inner]}
    return ArrayFile(part, source.format.name, found)


def as_columns(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    file: ArrayFile,
    wanted: Collection[str],
    name: str,
) -> View:
    """A table whose rows are the first axis that all arrays share, or else one with a row an array."""
    if len({stored.shape[:1] for stored in file.arrays.values()} | {()}) != 2:
        return as_rows(connection, source, file, wanted, name)
    known = {
        column.name: column for stored in file.arrays.values() for column in columns_of(stored)
    }
    schema = pa.schema([pa.field(column.name, column.type) for column in known.values()])

    def batches(_: Part, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with file.told():
            yield from rows_of(file.arrays, [known[each] for each in names])

    return _with_arrays(loaded(connection, source, [schema], batches, wanted, name), file)


def as_rows(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    file: ArrayFile,
    wanted: Collection[str],
    name: str,
) -> View:
    """A table with a row for each array."""
    arrays = list(file.arrays.values())
    sizes = [prod(axis or 0 for axis in stored.shape) for stored in arrays]
    table = pa.table(
        {
            "array": pa.array([stored.name for stored in arrays], pa.string()),
            "dtype": pa.array([stored.dtype for stored in arrays], pa.string()),
            "shape": pa.array([_shape(stored) for stored in arrays], pa.string()),
            "axes": pa.array([len(stored.shape) for stored in arrays], pa.int64()),
            "elements": pa.array(sizes, pa.int64()),
        }
    )

    def batches(_: Part, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        yield from table.select(names or ["array"]).to_batches()

    return _with_arrays(loaded(connection, source, [table.schema], batches, wanted, name), file)


def _shape(stored: Stored) -> str:
    return "[" + ", ".join(map(str, stored.shape)) + "]"


def _with_arrays(view: View, file: ArrayFile) -> View:
    return structs.replace(view, arrays=file)
