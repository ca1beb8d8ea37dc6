"""Every kind of table that `table:` may name, and how it is recognised."""

from __future__ import annotations

from msgspec import Struct


class Format(Struct, frozen=True, kw_only=True):
    """A kind of table; `module` reads it and is loaded when it is needed.

    - `endings`: of its files, in small letters
    - `many`: whether a folder or a glob of such files may be one table
    - `lined`: whether its rows stand on lines
    - `packed`: whether `.gz` or `.zst` may follow the ending
    - `within`: what a name after `::` means in such a file; "" where there is nothing to name
    - `marks`: the files that make a folder one of this kind
    """

    name: str
    module: str
    endings: tuple[str, ...] = ()
    many: bool = False
    lined: bool = False
    packed: bool = False
    within: str = ""
    marks: tuple[str, ...] = ()


PARQUET = Format(name="Parquet", module="parquet", endings=(".parquet", ".pq"), many=True)
CSV = Format(
    name="CSV", module="csv_files", endings=(".csv", ".tsv"), many=True, lined=True, packed=True
)
JSONL = Format(
    name="JSONL", module="jsonl", endings=(".jsonl", ".ndjson"), many=True, lined=True, packed=True
)
ARROW = Format(name="Arrow", module="arrow", endings=(".arrow", ".feather", ".ipc"), many=True)
DATASET = Format(
    name="a Hugging Face dataset", module="dataset", marks=("state.json", "dataset_info.json")
)
SQLITE = Format(
    name="SQLite", module="sqlite", endings=(".db", ".sqlite", ".sqlite3"), within="table"
)
NPY = Format(name="npy", module="npy", endings=(".npy",))
NPZ = Format(name="npz", module="npz", endings=(".npz",), within="array")
SAFETENSORS = Format(
    name="safetensors", module="safetensors", endings=(".safetensors",), within="array"
)
IMAGES = Format(
    name="images",
    module="images",
    endings=(".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm"),
    many=True,
)

FORMATS = (PARQUET, CSV, JSONL, ARROW, DATASET, SQLITE, NPY, NPZ, SAFETENSORS, IMAGES)

PACKINGS = {".gz": "gzip", ".zst": "zstd"}

ENDINGS = {ending: format for format in FORMATS for ending in format.endings}


def format_of(name: str) -> Format | None:
    """The format that the file's name promises."""
    name = name.lower()
    for packing in PACKINGS:
        if name.endswith(packing):
            inner = _by_ending(name.removesuffix(packing))
            return inner if inner and inner.packed else None
    return _by_ending(name)


def packing_of(name: str) -> str:
    """How the file is packed, in the engine's words; "" where it is not."""
    return next((how for end, how in PACKINGS.items() if name.lower().endswith(end)), "")


def _by_ending(name: str) -> Format | None:
    return next((format for end, format in ENDINGS.items() if name.endswith(end)), None)
