"""Arrays as the columns of a table whose rows are their first axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa
from msgspec import Struct

from smokealarm.data.arrays.stored import BLOCK, Stored, Values

WIDEST = 1000  # columns of an array of two axes

Made = Callable[[Values], Values]


class Column(Struct, frozen=True, kw_only=True):
    """A column: its name, its type, the array it is made of, and how, from some of its rows."""

    name: str
    type: Any
    array: str
    made: Made


def columns_of(stored: Stored) -> Iterator[Column]:
    """The columns that an array is told by; none where a table has no type for it."""
    dtype = stored.numpy
    if dtype.names:
        yield from _fields(stored, dtype)
    elif len(stored.shape) == 1:
        if type_ := _type(dtype):
            yield Column(name=stored.name, type=type_, array=stored.name, made=_plain)
    elif dtype.kind in "biuf" and not stored.column_major and stored.shape:
        for name, type_, made in SUMMARIES:
            yield Column(name=f"{stored.name}.{name}", type=type_, array=stored.name, made=made)
        width = stored.shape[1] or 0
        if len(stored.shape) == 2 and width <= WIDEST:
            for at in range(width):
                name = f"{stored.name}.{at}"
                yield Column(name=name, type=_type(dtype), array=stored.name, made=_picked(at))


def rows_of(arrays: Mapping[str, Stored], columns: Sequence[Column]) -> Iterator[pa.RecordBatch]:
    """The rows with these columns, some at a time; every array is read once."""
    used = {name: arrays[name] for column in columns for name in [column.array]}
    if not used:
        yield from _without_columns(next(iter(arrays.values())).shape[0] or 0)
        return
    width = max(prod(_row(stored)) for stored in used.values())
    at_once = max(1, BLOCK // 8 // max(width, 1))
    schema = pa.schema([pa.field(column.name, column.type) for column in columns])
    for parts in zip(*(_in_rows(stored, at_once) for stored in used.values())):
        rows = dict(zip(used, parts))
        made = [column.made(rows[column.array]) for column in columns]
        arrow = [_arrow(values, column.type) for values, column in zip(made, columns)]
        yield pa.RecordBatch.from_arrays(arrow, schema=schema)


def _without_columns(rows: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, rows, BLOCK):
        yield pa.RecordBatch.from_arrays([pa.nulls(min(BLOCK, rows - start))], ["\0"])


def _row(stored: Stored) -> tuple[int, ...]:
    return tuple(axis or 0 for axis in stored.shape[1:])


def _in_rows(stored: Stored, at_once: int) -> Iterator[Values]:
    """So many rows at a time, whatever the blocks of the file are."""
    together, left = prod(_row(stored)), stored.shape[0] or 0
    kept: list[Values] = []
    if not together:  # rows without elements
        for start in range(0, left, at_once):
            yield np.zeros((min(at_once, left - start), *_row(stored)))
        return
    wanted = min(at_once, left) * together
    for block in stored.blocks(together):
        kept.append(block.values)
        while left and sum(map(len, kept)) >= wanted:
            whole = np.concatenate(kept) if len(kept) > 1 else kept[0]
            yield whole[:wanted].reshape(-1, *_row(stored))
            kept, left = [whole[wanted:]], left - wanted // together
            wanted = min(at_once, left) * together


def _fields(stored: Stored, dtype: np.dtype[Any]) -> Iterator[Column]:
    """An array of records: its fields are columns."""
    for field in dtype.names or ():
        if len(stored.shape) == 1 and (type_ := _type(dtype[field])):
            yield Column(name=field, type=type_, array=stored.name, made=_field(field))


def _type(dtype: np.dtype[Any]) -> Any:
    if dtype.kind == "f" and dtype.itemsize == 2:
        return pa.float32()  # the engine has none of 16 bits
    try:
        return pa.from_numpy_dtype(dtype.newbyteorder("="))
    except (pa.ArrowException, TypeError, ValueError):
        return None


def _arrow(values: Values, type_: Any) -> Any:
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    if values.dtype.kind in "US":
        return pa.array(values.tolist(), type_)
    return pa.array(np.ascontiguousarray(values), type_, from_pandas=False)


def _plain(values: Values) -> Values:
    return values.astype(np.float32) if values.dtype == np.float16 else values


def _picked(at: int) -> Made:
    return lambda values: _plain(values[:, at])


def _field(name: str) -> Made:
    return lambda values: _plain(values[name])


def _flat(values: Values) -> Values:
    return values.reshape(len(values), -1)


def _least(values: Values) -> Values:
    return np.asarray(np.fmin.reduce(_flat(values), axis=1, initial=np.inf), np.float64)


def _greatest(values: Values) -> Values:
    return np.asarray(np.fmax.reduce(_flat(values), axis=1, initial=-np.inf), np.float64)


def _mean(values: Values) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(_flat(values).mean(axis=1, dtype=np.float64))


def _missing(values: Values) -> Values:
    return np.asarray(np.isnan(_flat(values)).sum(axis=1))


SUMMARIES: tuple[tuple[str, Any, Made], ...] = (
    ("min", pa.float64(), _least),
    ("max", pa.float64(), _greatest),
    ("mean", pa.float64(), _mean),
    ("missing", pa.int64(), _missing),
)
