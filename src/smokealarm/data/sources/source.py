"""Which files a case means by `table:`: one file, a folder, a glob, or what stands inside a file."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from smokealarm.data.columns import listed
from smokealarm.data.sources.files import Part, files_below, matching, reach
from smokealarm.data.sources.formats import DATASET, ENDINGS, FORMATS, Format, format_of
from smokealarm.errors import FatalError, Place

WITHIN = "::"  # data/app.db::users


class Source(Struct, frozen=True, kw_only=True):
    """A table: `name` is how the user wrote it, `path` the file or folder, `parts` all its files."""

    name: str
    path: Path
    format: Format
    parts: tuple[Part, ...]
    inner: str = ""


class Unreadable(Exception):
    """The file is there and is not the table that it should be: a failure of the data."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def source_of(table: str, root: Path, place: Place, outside: bool = False) -> Source:
    """The files that `table` names, under the root unless `outside`. Raises FatalError, with the place."""
    if not table.strip():
        raise FatalError("`table:` is empty", "Name a file, relative to the root.", place)
    name, inner = _parted(table, root)
    path = Path(os.path.normpath(root / name))
    if not outside and not path.is_relative_to(os.path.normpath(root)):
        raise _outside(table, place)
    try:
        if any(sign in name for sign in "*?[") and not os.path.lexists(path):
            return _of_files(table, path, matching(path), root, place, outside)
        reach(path, table, place)
        if path.is_dir() and not inner:
            return _of_folder(table, path, root, place, outside)
    except OSError as error:
        raise FatalError(
            f"the table {table!r} cannot be listed: {error.strerror}",
            "Look at the permissions of its folders.",
            place,
        ) from None
    return _of_file(table, path, inner, root, place, outside)


def _of_file(table: str, path: Path, inner: str, root: Path, place: Place, outside: bool) -> Source:
    format = format_of(path.name)
    if format is None and not path.is_dir():
        raise _of_no_kind(table, path, place)
    if format is None or (inner and not format.within):
        whole = format.name if format else "a folder"
        raise FatalError(
            f"the table {table!r} names a part of {whole}, which has none",
            "Leave out the two colons and what follows them.",
            place,
        )
    parts = _parts([path], root, root, table, place, outside)
    return Source(name=table, path=path, format=format, parts=parts, inner=inner)


def _parted(table: str, root: Path) -> tuple[str, str]:
    """The file, and what is named within it. A file that has `::` in its name is itself."""
    file, sign, inner = table.rpartition(WITHIN)
    if not sign or not file or os.path.lexists(root / table):
        return table, ""
    return file, inner


def _of_folder(table: str, folder: Path, root: Path, place: Place, outside: bool) -> Source:
    """A folder is what its marks say, or else the table of the files below it."""
    for format in FORMATS:
        if format.marks and all((folder / mark).is_file() for mark in format.marks):
            parts = _parts(files_below(folder), folder, root, table, place, outside)
            return Source(name=table, path=folder, format=format, parts=parts)
    if (folder / "dataset_dict.json").is_file():
        splits = sorted(mark.parent.name for mark in folder.glob(f"*/{DATASET.marks[0]}"))
        raise FatalError(
            f"the table {table!r} is a dataset of several splits: {listed(splits)}",
            f"Name one of them: `table: {table.rstrip('/')}/{(splits or ['train'])[0]}`.",
            place,
        )
    return _of_files(table, folder, files_below(folder), root, place, outside)


def _of_files(
    table: str, path: Path, files: list[Path], root: Path, place: Place, outside: bool
) -> Source:
    """Several files are one table where all are of one kind that can be so."""
    tables = [(file, format) for file in files if (format := format_of(file.name))]
    formats = {format.name: format for _, format in tables if format.many}
    if len(formats) != 1:
        raise _not_one_kind(table, path, list(formats), place)
    [format] = formats.values()
    those = [file for file, kind in tables if kind is format]
    parts = _parts(those, _fixed(path), root, table, place, outside)
    return Source(name=table, path=path, format=format, parts=parts)


def _fixed(path: Path) -> Path:
    """The folder above the first piece with a sign of a glob: partitions are named below it."""
    pieces = path.parts
    at = next((n for n, piece in enumerate(pieces) if any(s in piece for s in "*?[")), len(pieces))
    return Path(*pieces[:at])


def _parts(
    files: list[Path], base: Path, root: Path, table: str, place: Place, outside: bool
) -> tuple[Part, ...]:
    """The files with their names for messages. One that is a way out of the repository is refused."""
    real = root.resolve()
    found = []
    for file in files:
        reach(file, table, place)
        if not outside and not file.resolve().is_relative_to(real):
            raise _outside(table, place, file)
        name = os.path.relpath(file, root)
        if not name.isascii() and not _is_utf8(name):
            raise FatalError(
                f"a file of the table {table!r} has a name that is not UTF-8: {os.fsencode(name)!r}",
                "Rename the file.",
                place,
            )
        found.append(Part(name=Path(name).as_posix(), path=file, partition=_partition(file, base)))
    return tuple(found)


def _partition(file: Path, base: Path) -> tuple[tuple[str, str], ...]:
    """What the folders' names say of every row: data/year=2024/a.parquet has a column `year`."""
    folders = os.path.relpath(file.parent, base).split(os.sep)
    return tuple((key, value) for key, sign, value in map(_split, folders) if sign and key)


def _split(folder: str) -> tuple[str, str, str]:
    return folder.partition("=")


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_one_kind(table: str, path: Path, kinds: list[str], place: Place) -> FatalError:
    if kinds:
        wrong = f"the table {table!r} holds files of several kinds: {', '.join(kinds)}"
    elif path.is_dir():
        wrong = f"there is no table in the folder {table!r}"
    else:
        wrong = f"no table is called as {table!r} says"
    folder = Path(table if path.is_dir() else os.path.dirname(table)).as_posix()
    return FatalError(wrong, f"Name a file, or files of one kind: {folder}/*.parquet", place)


def _outside(table: str, place: Place, link: Path | None = None) -> FatalError:
    through = f" through the symbolic link {link.name}" if link else ""
    return FatalError(
        f"the table {table!r} is outside the repository{through}",
        "Name a file of the repository, relative to its root, or write `outside: true` in this case.",
        place,
    )


def _of_no_kind(table: str, path: Path, place: Place) -> FatalError:
    ending = f"ends in {path.suffix.lower()}" if path.suffix else "has no ending"
    return FatalError(
        f"the table {table!r} is of no known kind: it {ending}",
        f"Tables end in {', '.join(ENDINGS)}, those of text also in .gz or .zst after it.",
        place,
    )
