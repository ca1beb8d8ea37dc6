"""Which file a case means, and whether it holds at all what its name promises."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path

from msgspec import Struct

from smokealarm.data.columns import did_you_mean, listed
from smokealarm.errors import FatalError, Inconclusive, Place


class Format(str, Enum):
    PARQUET = "Parquet"
    CSV = "CSV"
    JSONL = "JSONL"


ENDINGS = {
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
}
MAGIC = (
    b"PAR1"  # a Parquet file starts and ends with it: https://parquet.apache.org/docs/file-format
)


class Source(Struct, frozen=True, kw_only=True):
    """A file with a table in it; `name` is how the user wrote it."""

    name: str
    path: Path
    format: Format

    @property
    def delimiter(self) -> str:
        return "\t" if self.path.suffix.lower() == ".tsv" else ","


class Unreadable(Exception):
    """The file is there and is not the table that it should be: a failure of the data."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def source_of(table: str, root: Path, place: Place) -> Source:
    """The file that `table` names, under the root. Raises FatalError, with the place."""
    if not table.strip():
        raise FatalError("`table:` is empty", "Name a file, relative to the root.", place)
    path = Path(os.path.normpath(root / table))
    if not path.is_relative_to(os.path.normpath(root)):
        raise FatalError(
            f"the table {table!r} is outside the repository",
            "Name a file of the repository, relative to its root.",
            place,
        )
    _must_exist(path, table, place)
    if path.is_dir():
        return Source(name=table, path=path, format=Format.PARQUET)
    suffix = path.suffix.lower()
    if suffix not in ENDINGS:
        ending = f"ends in {suffix}" if suffix else "has no ending"
        raise FatalError(
            f"the table {table!r} is of no known kind: it {ending}",
            f"Tables end in {', '.join(ENDINGS)}.",
            place,
        )
    return Source(name=table, path=path, format=ENDINGS[suffix])


def _must_exist(path: Path, table: str, place: Place) -> None:
    try:
        path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # Python 3.10 to 3.12 raise RuntimeError for a loop
        if isinstance(error, FileNotFoundError):
            raise _missing(path, table, place) from None
        reason = getattr(error, "strerror", None) or "its symbolic links go round in a circle"
        raise FatalError(
            f"the table {table!r} cannot be followed to a file: {reason}",
            "Let the link point at the file itself.",
            place,
        ) from None


def _missing(path: Path, table: str, place: Place) -> FatalError | Inconclusive:
    if path.is_symlink():
        return FatalError(
            f"the table {table!r} is a symbolic link to {os.readlink(path)!r}, which does not exist",
            "Let the link point at a file that is there, or fetch that file first.",
            place,
        )
    if path.with_name(path.name + ".dvc").exists():
        return Inconclusive(
            f"the table {table!r} was not fetched: only its {path.name}.dvc is here",
            f"Fetch it first: dvc pull {table}",
            place,
        )
    try:
        neighbours = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        neighbours = []
    tables = [
        name
        for name in neighbours
        if Path(name).suffix.lower() in ENDINGS and name.isprintable()  # YAML cannot name others
    ]
    return FatalError(
        f"there is no table {table!r}{did_you_mean(path.name, tables)}",
        f"Tables in that folder: {listed(tables)}. Write the path from the repository's root.",
        place,
    )


def inspect(source: Source) -> None:
    """Look at the file's size and first bytes. Raises Unreadable, or Inconclusive if not fetched."""
    if source.path.is_dir():
        raise Unreadable(f"{source.name} is a folder, not a table", "Name one file in the folder.")
    if not source.path.is_file():  # to open a pipe would mean to wait for its other end
        raise Unreadable(f"{source.name} is a pipe or a device, not a file", "Name a file.")
    head, tail = _ends(source)
    if head.startswith(b"version https://git-lfs"):
        raise Inconclusive(
            f"{source.name} was not fetched: only its Git LFS pointer is here",
            "Fetch it first: git lfs pull, or `lfs: true` for actions/checkout.",
        )
    if not head.strip():
        emptiness = "holds only blanks" if head else "is empty (0 bytes)"
        raise Unreadable(f"{source.name} {emptiness}: there is no table in it", "Write it anew.")
    if source.format is Format.PARQUET:
        _inspect_parquet(source, head, tail)
    else:
        _inspect_text(source, head)


def _ends(source: Source) -> tuple[bytes, bytes]:
    try:
        with source.path.open("rb") as file:
            head = file.read(1024)
            file.seek(max(0, file.seek(0, os.SEEK_END) - 4))
            return head, file.read()
    except OSError as error:
        raise Unreadable(
            f"{source.name} cannot be read: {error.strerror}", "Look at the file's permissions."
        ) from None


def _inspect_parquet(source: Source, head: bytes, tail: bytes) -> None:
    if not head.startswith(MAGIC):
        start = head[:20].decode("utf-8", "replace")
        raise Unreadable(
            f"{source.name} holds no Parquet, whatever its name says: it starts with {start!r}",
            "Write it as Parquet, or give it the ending of what it holds.",
        )
    if tail != MAGIC:
        raise Unreadable(
            f"{source.name} is cut short: a Parquet file ends with the bytes PAR1, this one does not",
            "Write or download it again; the last time did not finish.",
        )


def _inspect_text(source: Source, head: bytes) -> None:
    if head.startswith(MAGIC):
        raise Unreadable(
            f"{source.name} holds Parquet, whatever its name says",
            "Give it the ending .parquet, and name it so in `table:`.",
        )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(
            f"{source.name} is written in UTF-16; tables of text are read as UTF-8",
            f"iconv -f UTF-16 -t UTF-8 {source.name}",
        )
    if (
        source.format is Format.JSONL
        and not head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    ):
        start = head.lstrip()[:20].decode("utf-8", "replace")
        raise Unreadable(
            f"{source.name} holds no JSON objects, one per line: it starts with {start!r}",
            'Write every row as an object on a line of its own: {"label": 1}',
        )
