"""What the engine's types are to a check, and columns made of names and types."""

from __future__ import annotations

from collections.abc import Iterable

from smokealarm.data.columns import Column, Kind

NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
UNSIGNED = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")


def columns_of(names: Iterable[str], types: Iterable[str]) -> dict[str, Column]:
    """The columns by name, in their order."""
    return {name: Column(name, type_, kind_of(type_)) for name, type_ in zip(names, types)}


def kind_of(type_: str) -> Kind:
    base = type_.partition("(")[0]
    if type_.endswith("]"):  # a list or an array, of whatever
        return Kind.OTHER
    if base in NUMBERS or base in UNSIGNED:
        return Kind.NUMBER
    if base == "BOOLEAN":
        return Kind.BOOLEAN
    if base in ("VARCHAR", "ENUM"):
        return Kind.TEXT
    return Kind.MOMENT if base == "DATE" or base.startswith("TIMESTAMP") else Kind.OTHER
