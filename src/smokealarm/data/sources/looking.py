"""The look at a file that is the same for all formats, before anything is read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from smokealarm.data.sources.files import Part
from smokealarm.data.sources.formats import PARQUET, SQLITE
from smokealarm.data.sources.source import Source, Unreadable
from smokealarm.errors import Inconclusive

# A Parquet file starts and ends with it: https://parquet.apache.org/docs/file-format
MAGIC = b"PAR1"

KNOWN: Mapping[bytes, str] = {
    MAGIC: PARQUET.name,
    b"ARROW1": "Arrow",
    b"FEA1": "Feather",
    b"SQLite format 3\0": SQLITE.name,
    b"\x1f\x8b": "something packed with gzip",
    b"\x28\xb5\x2f\xfd": "something packed with zstd",
    b"PK\x03\x04": "a zip archive",
}


class Ends(NamedTuple):
    """The first 1,024 bytes of a file, and its last 8."""

    head: bytes
    tail: bytes


def look(part: Part) -> Ends:
    """The ends of the file. Raises Unreadable where there is no file with something in it."""
    if part.path.is_dir():
        raise Unreadable(f"{part.name} is a folder, not a table", "Name one file in the folder.")
    if not part.path.is_file():  # to open a pipe would mean to wait for its other end
        raise Unreadable(f"{part.name} is a pipe or a device, not a file", "Name a file.")
    ends = _ends(part)
    if ends.head.startswith(b"version https://git-lfs"):
        raise Inconclusive(
            f"{part.name} was not fetched: only its Git LFS pointer is here",
            "Fetch it first: git lfs pull, or `lfs: true` for actions/checkout.",
        )
    if not ends.head.strip():
        emptiness = "holds only blanks" if ends.head else "is empty (0 bytes)"
        raise Unreadable(f"{part.name} {emptiness}: there is no table in it", "Write it anew.")
    return ends


def must_start(part: Part, head: bytes, starts: tuple[bytes, ...], format: str) -> None:
    """Raises Unreadable where the file does not begin as all files of the format do."""
    if not head.startswith(starts):
        raise Unreadable(
            f"{part.name} holds no {format}, whatever its name says: it {begins(head)}",
            f"Write it as {format}, or give it the ending of what it holds.",
        )


def must_be_text(part: Part, head: bytes) -> None:
    """Raises Unreadable where the file is of a binary format, or no UTF-8."""
    for magic, format in KNOWN.items():
        if head.startswith(magic):
            raise Unreadable(
                f"{part.name} holds {format}, whatever its name says",
                "Give it the ending of what it holds, and name it so in `table:`.",
            )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(
            f"{part.name} is written in UTF-16; tables of text are read as UTF-8",
            f"iconv -f UTF-16 -t UTF-8 {part.name}",
        )


def begins(head: bytes) -> str:
    """How a file starts, for people."""
    known = next((format for magic, format in KNOWN.items() if head.startswith(magic)), "")
    return f"holds {known}" if known else f"starts with {head[:20].decode('utf-8', 'replace')!r}"


def unreadable(part: Part | Source, format: str, wrong: str) -> Unreadable:
    """What is told of a file that is broken inside."""
    return Unreadable(
        f"{part.name} cannot be read as {format}: " + wrong.replace(str(part.path), part.name),
        "Mend the file or write it again; until then nothing can be said about its rows.",
    )


def _ends(part: Part) -> Ends:
    try:
        with part.path.open("rb") as file:
            head = file.read(1024)
            file.seek(max(0, file.seek(0, os.SEEK_END) - 8))
            return Ends(head, file.read())
    except OSError as error:
        raise Unreadable(
            f"{part.name} cannot be read: {error.strerror}", "Look at the file's permissions."
        ) from None
