"""The format `.safetensors`: https://github.com/huggingface/safetensors#format.

Read by hand: the library's numpy side knows no bfloat16, and reads whole tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import IO, cast

import msgspec
import numpy as np
from msgspec import Struct

from smokealarm.data.arrays.narrow import from_bfloat16, from_float8_e4m3, from_float8_e5m2
from smokealarm.data.arrays.stored import Damaged, Stored, Values, streamed

LONGEST_HEADER = 100_000_000  # as the library bounds it

Widen = Callable[[Values], Values]


class Kind(Struct, frozen=True):
    """A type of tensors: its name, how numpy reads its bytes, and how they become numbers."""

    name: str
    read: str
    widened: Widen = lambda values: values


KINDS = {
    "BOOL": Kind("bool", "?"),
    "U8": Kind("uint8", "u1"),
    "I8": Kind("int8", "i1"),
    "U16": Kind("uint16", "<u2"),
    "I16": Kind("int16", "<i2"),
    "U32": Kind("uint32", "<u4"),
    "I32": Kind("int32", "<i4"),
    "U64": Kind("uint64", "<u8"),
    "I64": Kind("int64", "<i8"),
    "F16": Kind("float16", "<f2"),
    "BF16": Kind("bfloat16", "<u2", from_bfloat16),
    "F32": Kind("float32", "<f4"),
    "F64": Kind("float64", "<f8"),
    "C64": Kind("complex64", "<c8"),
    "F8_E4M3": Kind("float8_e4m3fn", "u1", from_float8_e4m3),
    "F8_E5M2": Kind("float8_e5m2", "u1", from_float8_e5m2),
}


class Declared(Struct, frozen=True):
    """A tensor in the header."""

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def arrays(path: Path) -> dict[str, Stored]:
    """Every tensor of the file by its name, in the order of their bytes. Raises Damaged."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > min(LONGEST_HEADER, max(0, size - 8)):
            raise Damaged(
                f"its header should have {length:,} bytes: the file is cut short or damaged"
            )
        declared = _header(file.read(length))
    ordered = sorted(declared.items(), key=lambda item: item[1].data_offsets)
    _must_fit(ordered, size - 8 - length)
    return {name: _stored(path, name, tensor, 8 + length) for name, tensor in ordered}


def _header(text: bytes) -> dict[str, Declared]:
    try:
        raw = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        raw.pop("__metadata__", None)
        return {name: msgspec.json.decode(each, type=Declared) for name, each in raw.items()}
    except (msgspec.DecodeError, RecursionError) as error:
        raise Damaged(f"its header cannot be understood: {error}") from None


def _must_fit(ordered: list[tuple[str, Declared]], held: int) -> None:
    """Each tensor begins where the one before it ends, and the last ends with the file."""
    end = 0
    for name, tensor in ordered:
        start, stop = tensor.data_offsets
        if tensor.dtype not in KINDS:
            raise Damaged(f"its tensor {name!r} is of the unknown type {tensor.dtype!r}")
        wanted = prod(tensor.shape) * np.dtype(KINDS[tensor.dtype].read).itemsize
        if start != end or stop - start != wanted or min(tensor.shape, default=0) < 0:
            raise Damaged(f"its tensor {name!r} does not stand where the header says")
        end = stop
    if end != held:
        what = "it is cut short" if held < end else "more bytes follow"
        raise Damaged(f"its header declares {end:,} bytes of tensors and it holds {held:,}: {what}")


def _stored(path: Path, name: str, tensor: Declared, base: int) -> Stored:
    kind = KINDS[tensor.dtype]

    def opened() -> IO[bytes]:
        return cast(
            IO[bytes], Part(path, base + tensor.data_offsets[0], base + tensor.data_offsets[1])
        )

    blocks = streamed(opened, np.dtype(kind.read), tensor.shape, widened=kind.widened)
    return Stored(name=name, shape=tensor.shape, dtype=kind.name, blocks=blocks)


class Part:
    """Some bytes of a file, as if they were a file."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        self._file = path.open("rb")
        self._file.seek(start)
        self._left = stop - start

    def __enter__(self) -> Part:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        found = self._file.read(min(size, self._left))
        self._left -= len(found)
        return found
