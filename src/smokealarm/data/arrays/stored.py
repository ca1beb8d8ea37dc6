"""An array in a file: what it is, and its elements in blocks, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import IO, Any, NamedTuple

import numpy as np
from msgspec import Struct

BLOCK = 1 << 22  # bytes that are read at once

Values = np.ndarray[Any, np.dtype[Any]]


class Damaged(Exception):
    """The file does not hold what it declares; the text is the end of a sentence about it."""


class Block(NamedTuple):
    """Some elements of an array, one after the other, and the index of each, by its position here."""

    values: Values
    place: Callable[[int], tuple[int, ...]]


class Stored(Struct, frozen=True, kw_only=True):
    """An array, not yet read. `shape` has None along an axis whose lengths vary.

    `numpy` is the type of the elements in the blocks. `blocks` takes the number of elements that belong
    together, such as those of one row.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    blocks: Callable[[int], Iterator[Block]]
    numpy: Any = None
    column_major: bool = False
    uneven: str = ""


def streamed(
    opened: Callable[[], IO[bytes]],
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    column_major: bool = False,
    widened: Callable[[Values], Values] = lambda values: values,
) -> Callable[[int], Iterator[Block]]:
    """The blocks of an array whose bytes are what `opened` reads.

    `widened` turns elements that numpy has no type for into ones that it has.
    """

    def blocks(together: int = 1) -> Iterator[Block]:
        count, done = prod(shape), 0
        at_once = max(1, BLOCK // (dtype.itemsize * together or 1)) * together
        with opened() as file:
            while done < count:
                wanted = min(at_once, count - done)
                values = np.frombuffer(_bytes(file, wanted * dtype.itemsize), dtype)
                yield Block(widened(values), _index(done, shape, column_major))
                done += wanted
            if file.read(1):
                raise Damaged("more bytes follow on an array than it declares")

    return blocks


def _bytes(file: IO[bytes], wanted: int) -> bytes:
    found = file.read(wanted)
    if len(found) < wanted:
        raise Damaged("an array ends before its last element: the file is cut short")
    return found


def _index(
    start: int, shape: tuple[int, ...], column_major: bool
) -> Callable[[int], tuple[int, ...]]:
    def index(position: int) -> tuple[int, ...]:
        found = np.unravel_index(start + position, shape, order="F" if column_major else "C")
        return tuple(int(axis) for axis in found)

    return index
