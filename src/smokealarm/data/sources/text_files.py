"""What only a look at the text itself can tell: the header, the line of a row, what is broken."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import IO

import msgspec

from smokealarm.data.sources.source import Format, Source


def header(source: Source) -> list[str]:
    """The names of a CSV file's columns, as written; a second `a` is called `a.1`, as pandas does."""
    with _text(source) as file:
        names = next((row for row in _records(file, source) if row), [])
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        unique.append(f"{name}.{seen[name]}" if name in seen else name)
        seen[name] = seen.get(name, 0) + 1
    return unique


def lines_of(source: Source, rows: Iterable[int]) -> dict[int, int]:
    """The line on which each of these data rows begins. A CSV row may span lines, so it is read."""
    wanted = set(rows)
    if not wanted or source.format is Format.PARQUET:
        return {}
    found = {}
    for row, line in _row_starts(source):
        if row in wanted:
            found[row] = line
        if row >= max(wanted):
            break
    return found


def complaint(source: Source) -> str:
    """What is wrong with the file, with the line, or "" where nothing is."""
    return _not_utf8(source) or (
        _ragged(source) if source.format is Format.CSV else _not_json(source)
    )


def _row_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Each data row with its first line, as the engine counts: blank lines are rows of one column."""
    with _text(source) as file:
        if source.format is Format.JSONL:
            full = (number for number, line in enumerate(file, 1) if line.strip())
            yield from enumerate(full, 1)
            return
        records, row, width, start = _records(file, source), 0, 0, 1
        for record in records:
            if not width:
                width = len(record)
            elif record or width == 1:
                row += 1
                yield row, start
            start = records.line_num + 1  # type: ignore[attr-defined]  # csv readers have it


def _not_utf8(source: Source) -> str:
    with source.path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = line[error.start]
                return (
                    f"line {number:,} is not UTF-8: byte 0x{byte:02x} at column {error.start + 1}"
                )
    return ""


def _ragged(source: Source) -> str:
    width, start = 0, 1
    with _text(source) as file:
        records = _records(file, source)
        try:
            for record in records:
                if record and not width:
                    width = len(record)
                elif record and len(record) != width:
                    return _of_another_width(record, start, width)
                start = records.line_num + 1  # type: ignore[attr-defined]  # csv readers have it
        except csv.Error as error:
            quote = "a quote is never closed" if "end of data" in str(error) else str(error)
            return f"line {start:,}: {quote}"
    return ""


def _of_another_width(record: list[str], line: int, width: int) -> str:
    if record[0].startswith(("<<<<<<< ", "=======", ">>>>>>> ")):
        return f"a merge conflict is left on line {line:,}"
    values = f"{len(record)} value{'' if len(record) == 1 else 's'}"
    return f"line {line:,} has {values} where the header has {width}"


def _not_json(source: Source) -> str:
    with source.path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                if line.strip() and not isinstance(msgspec.json.decode(line), dict):
                    return f"line {number:,} is no JSON object"
            except msgspec.DecodeError as error:
                return f"line {number:,} is no JSON: {error}"
    return ""


def _text(source: Source) -> IO[str]:
    return source.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _records(file: IO[str], source: Source) -> Iterator[list[str]]:
    return csv.reader(file, delimiter=source.delimiter, strict=True)
