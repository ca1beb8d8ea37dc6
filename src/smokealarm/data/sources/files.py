"""Files on the disk: what a folder or a glob holds, and what to say where there is nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from smokealarm.data.columns import did_you_mean, listed
from smokealarm.data.sources.formats import format_of
from smokealarm.errors import FatalError, Inconclusive, Place

_SIGNS = re.compile(r"\[!?\]?[^\]]*\]|.", re.DOTALL)


class Part(Struct, frozen=True, kw_only=True):
    """One file of a table; `name` is its path from the root, `partition` what its folders say."""

    name: str
    path: Path
    partition: tuple[tuple[str, str], ...] = ()


def files_below(folder: Path) -> list[Path]:
    """The files in the folder and the folders below, in the order of their names.

    What begins with a dot or an underscore is none of the table (`_SUCCESS`, `.crc`). Every folder
    is entered once, so that a circle of symbolic links ends.
    """
    return list(_below(folder, {os.path.realpath(folder)}))


def _below(folder: Path, entered: set[str]) -> Iterator[Path]:
    for entry in sorted(folder.iterdir(), key=lambda entry: os.fsencode(entry.name)):
        if entry.name.startswith((".", "_")):
            continue
        if not entry.is_dir():
            yield entry
        elif (real := os.path.realpath(entry)) not in entered:
            entered.add(real)
            yield from _below(entry, entered)


def matching(pattern: Path) -> list[Path]:
    """The files that a glob means, in the order of their names; `**` is any number of folders."""
    pieces = pattern.parts
    at = next(n for n, piece in enumerate(pieces) if any(sign in piece for sign in "*?["))
    base = Path(*pieces[:at])
    text = "/".join(map(_piece, pieces[at:])).replace("**/", "(?:.*/)?")
    wanted = re.compile(re.sub(r"\*\*$", ".*", text) + r"\Z", re.DOTALL)
    return [
        file
        for file in (files_below(base) if base.is_dir() else [])
        if wanted.match(file.relative_to(base).as_posix())
    ]


def _piece(piece: str) -> str:
    """One piece of a glob as a regular expression that crosses no folder."""
    return piece if piece == "**" else _SIGNS.sub(_sign, piece)


def _sign(found: re.Match[str]) -> str:
    sign = found.group()
    if sign.startswith("[") and len(sign) > 1:
        return "[" + sign[1:].replace("\\", r"\\").replace("!", "^", sign[1] == "!")
    return {"*": "[^/]*", "?": "[^/]"}.get(sign) or re.escape(sign)


def reach(path: Path, table: str, place: Place) -> None:
    """Raises what is to be told of a file that cannot be reached."""
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
    except ValueError:
        raise FatalError(
            f"the table {table!r} cannot be the name of a file", "Name a file.", place
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
    tables = _tables_in(path.parent)
    return FatalError(
        f"there is no table {table!r}{did_you_mean(path.name, tables)}",
        f"Tables in that folder: {listed(tables)}. Write the path from the repository's root.",
        place,
    )


def _tables_in(folder: Path) -> list[str]:
    """The names that could have been meant: tables, and folders, which may hold some."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    return [
        entry.name
        for entry in entries
        if entry.name.isprintable()  # YAML cannot name others
        and (format_of(entry.name) or (entry.is_dir() and not entry.name.startswith(".")))
    ]
