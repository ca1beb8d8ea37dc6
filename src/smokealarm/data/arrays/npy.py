"""The format `.npy`: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html."""

from __future__ import annotations

import ast
import os
from math import prod
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from smokealarm.data.arrays.stored import Damaged, Stored, streamed

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 100_000  # evaluating a literal of any length could exhaust the stack
ALONE = "arr_0"  # what numpy.savez calls an array without a name


class Header(NamedTuple):
    """What stands before the elements."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    column_major: bool
    length: int

    @property
    def bytes(self) -> int:
        return prod(self.shape) * self.dtype.itemsize


def arrays(path: Path) -> dict[str, Stored]:
    """The only array of the file. Raises Damaged where there is none."""
    with path.open("rb") as file:
        header = header_of(file)
        held = file.seek(0, os.SEEK_END) - header.length
    if held != header.bytes:
        what = "it is cut short" if held < header.bytes else "more bytes follow on the array"
        raise Damaged(f"it declares {header.bytes:,} bytes of elements and holds {held:,}: {what}")

    def opened() -> IO[bytes]:
        file = path.open("rb")
        file.seek(header.length)
        return file

    return {ALONE: stored(ALONE, header, opened)}


def stored(name: str, header: Header, opened: Any) -> Stored:
    """The array that the header declares."""
    return Stored(
        name=name,
        shape=header.shape,
        dtype=_named(header.dtype),
        blocks=streamed(opened, header.dtype, header.shape, header.column_major),
        numpy=header.dtype,
        column_major=header.column_major and len(header.shape) > 1,
    )


def header_of(file: IO[bytes]) -> Header:
    """Read the header and stop before the first element. Nothing is ever unpickled."""
    if file.read(6) != MAGIC:
        raise Damaged("it does not start as a `.npy` file does")
    version = file.read(2)
    width = 2 if version[:1] == b"\x01" else 4
    length = int.from_bytes(file.read(width), "little")
    if version not in (b"\x01\x00", b"\x02\x00", b"\x03\x00") or length > LONGEST_HEADER:
        raise Damaged(f"its header is of an unknown kind, or too long ({length:,} bytes)")
    text = file.read(length).decode("utf-8" if version == b"\x03\x00" else "latin-1", "replace")
    try:
        declared = ast.literal_eval(text.strip())
        dtype = np.lib.format.descr_to_dtype(declared["descr"])
        shape = tuple(int(axis) for axis in declared["shape"])
        column_major = bool(declared["fortran_order"])
    except (ValueError, TypeError, KeyError, SyntaxError, MemoryError, RecursionError):
        raise Damaged("its header cannot be understood") from None
    if dtype.hasobject:
        raise Damaged(
            "it holds pickled Python objects, which are never loaded, because that can run any code; "
            "save numbers or texts: array.astype(float), or array.astype(str)"
        )
    if any(axis < 0 for axis in shape):
        raise Damaged(f"its header declares the shape {shape}")
    return Header(dtype, shape, column_major, 8 + width + length)


def _named(dtype: np.dtype[Any]) -> str:
    """`float32`, whatever the order of the bytes; `<U5` and records as numpy writes them."""
    return dtype.name if dtype.kind in "biufc" else dtype.str if dtype.names is None else str(dtype)
