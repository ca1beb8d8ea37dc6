"""Several files as one table: they must agree, and the names of their folders are columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import unquote

from smokealarm.data.columns import Column
from smokealarm.data.duck.sql import quoted
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.source import Source, Unreadable
from smokealarm.data.sources.types import columns_of

NOTHING = "__HIVE_DEFAULT_PARTITION__"  # how Hive and Spark write a null


def must_agree(parts: Sequence[Part], layouts: Sequence[Mapping[str, Any]]) -> None:
    """Raises Unreadable where a file has not the first one's columns, or not of its types.

    A type of None agrees with all: a column of nothing but nulls has no type of its own.
    """
    if any(dict(part.partition).keys() != dict(parts[0].partition).keys() for part in parts):
        odd = next(p for p in parts if dict(p.partition).keys() != dict(parts[0].partition).keys())
        raise _differs(parts[0], odd, "they lie in folders whose names have different keys")
    first = layouts[0]
    known = dict(first)
    for part, layout in zip(parts[1:], layouts[1:]):
        for column in (*first, *layout):
            if column not in layout or column not in first:
                has, lacks = (parts[0], part) if column in first else (part, parts[0])
                raise _differs(
                    parts[0], part, f"{has.name} has a column {column!r}, {lacks.name} has not"
                )
            if known[column] is None:
                known[column] = layout[column]
            if layout[column] is not None and layout[column] != known[column]:
                raise _differs(
                    parts[0],
                    part,
                    f"the column {column!r} is {_named(known[column])} in the first "
                    f"and {_named(layout[column])} in the second",
                )


def _differs(first: Part, second: Part, how: str) -> Unreadable:
    return Unreadable(
        f"{first.name} and {second.name} are not of one table: {how}",
        "Write the files with one schema, or name those that belong together.",
    )


def _named(type_: Any) -> str:
    return " of ".join(type_) if isinstance(type_, tuple) else str(type_)


def partition_columns(source: Source, columns: Mapping[str, Column]) -> dict[str, Column]:
    """The columns that the folders' names make, unless the files have them already."""
    keys = [key for key, _ in source.parts[0].partition if key not in columns]
    types = [_type([dict(part.partition)[key] for part in source.parts]) for key in keys]
    return columns_of(keys, types)


def partition_sql(source: Source, folders: Mapping[str, Column], at: int, file: str) -> str:
    """The columns as SQL, the first of which is the `at`-th; `file` is SQL of the file's number."""
    found = ""
    for position, (key, column) in enumerate(folders.items(), at):
        values = [_value(dict(part.partition)[key]) for part in source.parts]
        literals = ["NULL" if value is None else quoted(value) for value in values]
        listed = f"CAST([{', '.join(literals)}] AS {column.type}[])"
        found += f", {listed}[{file} + 1] AS c{position}"
    return found


def _value(text: str) -> str | None:
    text = unquote(text)
    return None if text == NOTHING else text


def _type(texts: Sequence[str]) -> str:
    """Whole numbers and dates where all are, text otherwise."""
    values = [value for value, _ in groupby(sorted(filter(None, map(_value, texts))))]
    for type_, reads in (("BIGINT", _whole), ("DATE", _day)):
        if values and all(map(reads, values)):
            return type_
    return "VARCHAR"


def _whole(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit() and str(int(text)) == text


def _day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
