"""The format `.npz`: a zip archive of `.npy` files, as numpy.savez writes it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from smokealarm.data.arrays.npy import Header, header_of, stored
from smokealarm.data.arrays.stored import Damaged, Stored

WRITTEN_BY_NUMPY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def arrays(path: Path) -> dict[str, Stored]:
    """Every array of the archive by its name. Raises Damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _must_be_honest(members, path)
            return {
                _name(member): _array(path, member, archive)
                for member in members
                if member.filename.endswith(".npy")
            }
    except BROKEN as error:
        raise Damaged(f"it is no whole zip archive: {error}") from None


def _must_be_honest(members: list[zipfile.ZipInfo], path: Path) -> None:
    """A zip bomb lets many members share the same bytes, or nests them by another compression."""
    if sum(member.compress_size for member in members) > path.stat().st_size:
        raise Damaged("its members overlap, as those of a zip bomb do")
    for member in members:
        if member.compress_type not in WRITTEN_BY_NUMPY or member.flag_bits & 1:
            raise Damaged(
                f"its member {member.filename!r} is packed in a way that numpy never writes"
            )


def _array(path: Path, member: zipfile.ZipInfo, archive: zipfile.ZipFile) -> Stored:
    try:
        with archive.open(member) as file:
            header = header_of(file)
    except Damaged as damage:
        raise Damaged(f"its array {_name(member)!r}: {damage}") from None
    if header.length + header.bytes != member.file_size:
        raise Damaged(
            f"its array {_name(member)!r} declares {header.bytes:,} bytes of elements and holds "
            f"{member.file_size - header.length:,}"
        )
    return stored(_name(member), header, _opener(path, member, header))


def _opener(path: Path, member: zipfile.ZipInfo, header: Header) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        with zipfile.ZipFile(path) as archive:  # the member keeps the file open for itself
            file = archive.open(member)
        file.read(header.length)
        return cast(IO[bytes], Checked(file))

    return opened


class Checked:
    """A member of an archive whose damage is told in our words."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __enter__(self) -> Checked:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except BROKEN as error:
            raise Damaged(f"its compressed bytes are damaged: {error}") from None


def _name(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(".npy")
