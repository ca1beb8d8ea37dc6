"""A column that holds lists of numbers, such as embeddings, as an array: its rows are the first axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from smokealarm.data.arrays.stored import Block, Stored

OF_NUMPY = {
    "FLOAT": "float32", "DOUBLE": "float64", "BOOLEAN": "bool",
    "TINYINT": "int8", "SMALLINT": "int16", "INTEGER": "int32", "BIGINT": "int64",
    "UTINYINT": "uint8", "USMALLINT": "uint16", "UINTEGER": "uint32", "UBIGINT": "uint64",
}  # fmt: skip

Batches = Callable[[], Iterator[Any]]


def array(name: str, dtype: str, batches: Batches) -> Stored:
    """The array. The column is read once for its shape. Rows that are null have no elements."""
    rows, lengths = 0, [Counter[int]() for _ in range(dtype.count("["))]
    for column in batches():
        rows += len(column)
        for seen, (sizes, _) in zip(lengths, _levels(column)):
            seen.update(
                dict(zip(*(part.tolist() for part in np.unique(sizes, return_counts=True))))
            )
    uneven = next((seen for seen in lengths if len(seen) > 1), None)
    return Stored(
        name=name,
        shape=(rows, *(next(iter(seen)) if len(seen) == 1 else None for seen in lengths)),
        dtype=OF_NUMPY.get(dtype.partition("[")[0], dtype.partition("[")[0].lower()),
        blocks=lambda together: _blocks(batches),
        uneven=_in_words(uneven) if uneven else "",
    )


def _levels(column: Any) -> list[tuple[Any, Any]]:
    """Of each level of nesting: the lengths of the lists, and what to find the list of an element by.

    A null list has the length 0 in the search and none among the lengths.
    """
    levels = []
    while _is_list(column.type):
        valid = np.asarray(column.is_valid())
        found = column.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
        levels.append((found[valid], np.cumsum(found)))
        column = column.flatten()
    return levels


def _is_list(type_: Any) -> bool:
    return bool(
        pa.types.is_list(type_)
        or pa.types.is_fixed_size_list(type_)
        or pa.types.is_large_list(type_)
    )


def _blocks(batches: Batches) -> Iterator[Block]:
    start = 0
    for column in batches():
        ends = [end for _, end in _levels(column)]
        values = column
        while _is_list(values.type):
            values = values.flatten()
        yield Block(np.asarray(values.to_numpy(zero_copy_only=False)), _index(start, ends))
        start += len(column)


def _index(start: int, ends: list[Any]) -> Callable[[int], tuple[int, ...]]:
    def index(position: int) -> tuple[int, ...]:
        found: list[int] = []
        for end in reversed(ends):
            at = int(np.searchsorted(end, position, side="right"))
            found.insert(0, position - int(end[at - 1] if at else 0))
            position = at
        return (start + position, *found)

    return index


def _in_words(lengths: Counter[int]) -> str:
    """Which lengths there are, the most frequent first."""
    shown = ", ".join(f"{count:,} of length {length:,}" for length, count in lengths.most_common(3))
    more = f" and {len(lengths) - 3:,} other lengths" if len(lengths) > 3 else ""
    return shown + more
