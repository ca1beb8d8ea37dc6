"""What only a look at the text itself can tell: the line of a row, what is broken, what is in it."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, cast

import msgspec

from smokealarm.data.sources.bombs import refuse, too_much_text
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.formats import CSV, JSONL, format_of, packing_of
from smokealarm.data.sources.looking import look, must_be_text, unreadable
from smokealarm.loading import load

CHUNK = 1 << 20
PACKED_STARTS = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
CELL = 1 << 30  # characters of one CSV value

csv.field_size_limit(CELL)


def opened(part: Part) -> IO[bytes]:
    """The bytes of the text, unpacked."""
    packing = packing_of(part.name)
    if packing == "gzip":
        return cast(IO[bytes], gzip.open(part.path, "rb"))
    if packing == "zstd":
        return cast(IO[bytes], load("data.sources.zstd_files").opened(part.path))
    return part.path.open("rb")


def inspect_text(part: Part) -> bytes:
    """The first bytes of the text. Raises Unreadable where it is none, or is packed amiss."""
    head, _ = look(part)
    if packing := packing_of(part.name):
        if not head.startswith(PACKED_STARTS[packing]):
            raise unreadable(part, packing, "it does not begin as such a file does")
        with opened(part) as file:
            head = _first(part, file)
        if not head.strip():
            raise unreadable(part, packing, "there is nothing in it")
    must_be_text(part, head)
    return head


def _first(part: Part, file: IO[bytes]) -> bytes:
    try:
        return file.read(1024)
    except (OSError, EOFError, zlib.error) as error:
        raise _cut_short(part, error) from None


def pieces(part: Part) -> Iterator[bytes]:
    """The text in pieces. Raises Inconclusive where it inflates without measure."""
    size, inflated = part.path.stat().st_size, 0
    with opened(part) as file:
        while piece := _next(part, file):
            inflated += len(piece)
            if too_much_text(size, inflated):
                raise refuse(part, size, inflated)
            yield piece


def _next(part: Part, file: IO[bytes]) -> bytes:
    try:
        return file.read(CHUNK)
    except (OSError, EOFError, zlib.error) as error:
        raise _cut_short(part, error) from None


def _cut_short(part: Part, error: Exception) -> Exception:
    if isinstance(error, EOFError):
        return unreadable(part, packing_of(part.name), "it is cut short")
    return unreadable(part, packing_of(part.name) or "text", str(error))


def must_unpack(part: Part) -> None:
    """Raises where a packed text is cut short, or inflates without measure: it is read to its end."""
    if packing_of(part.name):
        for _ in pieces(part):
            pass


def text(part: Part) -> IO[str]:
    return io.TextIOWrapper(
        opened(part), encoding="utf-8-sig", errors="surrogateescape", newline=""
    )


def records(file: IO[str], part: Part) -> Iterator[list[str]]:
    return csv.reader(file, delimiter=delimiter(part), strict=True)


def delimiter(part: Part) -> str:
    return "\t" if ".tsv" in part.name.lower()[-8:] else ","


def lines_of(part: Part, rows: Iterable[int]) -> dict[int, int]:
    """The line on which each of these rows of the file begins. A CSV row may span lines."""
    wanted = set(rows)
    format = format_of(part.name)
    if not wanted or format is None or not format.lined:
        return {}
    found = {}
    for row, line in _row_starts(part):
        if row in wanted:
            found[row] = line
        if row >= max(wanted):
            break
    return found


def _row_starts(part: Part) -> Iterator[tuple[int, int]]:
    """Each row with its first line; blank lines are no rows."""
    with text(part) as file:
        if format_of(part.name) is JSONL:
            full = (number for number, line in enumerate(file, 1) if line.strip())
            yield from enumerate(full, 1)
            return
        starts = (start for start, record in numbered(file, part) if record)
        next(starts, None)  # the header
        yield from enumerate(starts, 1)


def numbered(file: IO[str], part: Part) -> Iterator[tuple[int, list[str]]]:
    """Every record with its first line; one of a blank line is empty."""
    found, start = records(file, part), 1
    for record in found:
        yield start, record
        start = found.line_num + 1  # type: ignore[attr-defined]  # csv readers have it


def complaint(part: Part) -> str:
    """What is wrong with the file, with the line, or "" where nothing is."""
    return _not_utf8(part) or (_ragged(part) if format_of(part.name) is CSV else _not_json(part))


def _not_utf8(part: Part) -> str:
    with opened(part) as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = line[error.start]
                return (
                    f"line {number:,} is not UTF-8: byte 0x{byte:02x} at column {error.start + 1}"
                )
    return ""


def _ragged(part: Part) -> str:
    width, start = 0, 1
    with text(part) as file:
        try:
            for start, record in numbered(file, part):
                if record and not width:
                    width = len(record)
                elif record and len(record) != width:
                    return _of_another_width(record, start, width)
                start += 1
        except csv.Error as error:
            quote = "a quote is never closed" if "end of data" in str(error) else str(error)
            return f"line {start:,}: {quote}"
    return ""


def _of_another_width(record: list[str], line: int, width: int) -> str:
    if record[0].startswith(("<<<<<<< ", "=======", ">>>>>>> ")):
        return f"a merge conflict is left on line {line:,}"
    values = f"{len(record)} value{'' if len(record) == 1 else 's'}"
    return f"line {line:,} has {values} where the header has {width}"


def _not_json(part: Part) -> str:
    with opened(part) as file:
        for number, line in enumerate(file, 1):
            try:
                if line.strip() and not isinstance(msgspec.json.decode(line), dict):
                    return f"line {number:,} is no JSON object"
            except msgspec.DecodeError as error:
                return f"line {number:,} is no JSON: {error}"
            except RecursionError:
                return f"line {number:,} is nested too deep"
    return ""
