"""Image files, one row each: path, class, split, bytes, width, height, mode, format and what they hold.

- path: from the root of the repository
- split, class: the folder below the table's own, if it is called as a split is; the innermost folder
- readable, problem: whether every pixel of the first frame could be decoded, and why not
- hash: SHA-256 of the file; thumbnail: 18 x 18 levels of grey

Files are opened only for the columns that are asked about, and decoded only for the last ones.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path, PurePath
from typing import Any

import duckdb
import pyarrow as pa
from msgspec import structs
from PIL import Image

from smokealarm.data.duck.relation import View
from smokealarm.data.images.looked_at import facts
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.source import Source, Unreadable
from smokealarm.data.sources.streaming import loaded
from smokealarm.errors import Inconclusive

BATCH = 256  # files
SPLITS = {"train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval"}
SCHEMA = pa.schema(
    {
        "path": pa.string(),
        "class": pa.string(),
        "split": pa.string(),
        "bytes": pa.int64(),
        "width": pa.int64(),
        "height": pa.int64(),
        "mode": pa.string(),
        "format": pa.string(),
        "readable": pa.bool_(),
        "problem": pa.string(),
        "hash": pa.string(),
        "thumbnail": pa.binary(),
    }
)


def inspect(source: Source) -> None:
    for part in source.parts:
        if not part.path.is_file():  # to open a pipe would mean to wait for its other end
            raise Unreadable(f"{part.name} is a pipe or a device, not a file", "Take it away.")
        with part.path.open("rb") as file:
            if file.read(23) == b"version https://git-lfs":
                raise Inconclusive(
                    f"{part.name} was not fetched: only its Git LFS pointer is here",
                    "Fetch it first: git lfs pull, or `lfs: true` for actions/checkout.",
                )


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A table with the wanted columns."""
    base, parts = _base(source), source.parts

    def batches(_: Part, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        schema = pa.schema([SCHEMA.field(each) for each in names])
        for rows in _rows(parts, base, names):
            yield pa.RecordBatch.from_pylist(rows, schema=schema) if names else _without(rows)

    one = structs.replace(source, parts=(structs.replace(parts[0], partition=()),))
    return loaded(connection, one, [SCHEMA], batches, wanted, name)


def _rows(
    parts: Sequence[Part], base: Path, wanted: Sequence[str]
) -> Iterator[list[dict[str, Any]]]:
    """The rows of some files at a time. Pillow decodes outside of Python's lock, so threads help."""

    def row(part: Part) -> dict[str, Any]:
        try:
            found = facts(part.path, wanted)
        except OSError as error:
            found = {"readable": False, "problem": error.strerror}
        return {"path": part.name, **_folders(part.path, base), **found}

    left = iter(parts)
    with ThreadPoolExecutor(os.cpu_count()) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about damaged metadata
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        while some := list(islice(left, BATCH)):
            yield [{name: one.get(name) for name in wanted} for one in pool.map(row, some)]


def _without(rows: Sequence[Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(len(rows))], ["\0"])


def _folders(path: Path, base: Path) -> dict[str, str | None]:
    """The split and the class that the folders between the table's own and the file say."""
    folders = PurePath(os.path.relpath(path.parent, base)).parts
    split = folders[0] if folders and folders[0].lower() in SPLITS else None
    rest = folders[1:] if split else folders
    return {"split": split, "class": rest[-1] if rest else None}


def _base(source: Source) -> Path:
    """The folder that the table is, or that stands before the first sign of a glob."""
    if source.path.is_dir():
        return source.path
    pieces = source.path.parts
    at = next((n for n, piece in enumerate(pieces) if set(piece) & set("*?[")), len(pieces) - 1)
    return Path(*pieces[:at])
