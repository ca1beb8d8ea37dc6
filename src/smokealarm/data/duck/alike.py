"""Rows made comparable: a key for every column, in which equal values are equal whatever the file."""

from __future__ import annotations

from collections.abc import Sequence

from smokealarm.data.columns import Column, Kind
from smokealarm.data.conditions.where import Condition, columns_of
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import FLOATS, nan
from smokealarm.errors import Inconclusive


def keys(relation: Relation, names: Sequence[str], digits: int = 0) -> list[str]:
    """Each column as it is compared within one table. NaN is missing, and missing equals missing."""
    return [_own(relation, name, digits) for name in names]


def paired_keys(
    one: Relation, other: Relation, names: Sequence[str], digits: int = 0
) -> tuple[list[str], list[str]]:
    """Each column of two tables in a type that both have."""
    pairs = [_paired(one, other, name, digits) for name in names]
    return [mine for mine, _ in pairs], [theirs for _, theirs in pairs]


def hashed(keys: Sequence[str]) -> str:
    return f"hash({', '.join(keys)})"


def same_rows(other: Relation, where: Condition | None, name: str) -> Sql:
    """The rows of another table that the condition means. Raises Inconclusive if it cannot mean any."""
    for column in columns_of(where):
        if column not in other.columns:
            raise Inconclusive(
                f"{name} has no column {column!r}, which the row condition is about",
                "Write a condition that holds for both tables.",
            )
    return other.rows(where)


def _own(relation: Relation, name: str, digits: int) -> str:
    key, column = relation.key(name), relation.columns[name]
    if column.type in FLOATS or (digits and column.type.startswith("DECIMAL")):
        return _number(key, digits)  # whole numbers are counts, codes, dates: a near one is another
    return key


def _paired(one: Relation, other: Relation, name: str, digits: int) -> tuple[str, str]:
    mine, theirs = one.columns[name], other.columns[name]
    if mine.type == theirs.type:
        return _own(one, name, digits), _own(other, name, digits)
    return _common(one, mine, theirs, digits), _common(other, theirs, mine, digits)


def _common(relation: Relation, column: Column, other: Column, digits: int) -> str:
    key = relation.key(column.name)
    counted = (Kind.NUMBER, Kind.BOOLEAN)
    if column.kind in counted and other.kind in counted:
        return _number(f"CAST({key} AS DOUBLE)", digits)
    if Kind.MOMENT in (column.kind, other.kind):  # text files hold dates as text
        return f"TRY_CAST({key} AS TIMESTAMP)"
    return f"CAST({key} AS VARCHAR)"


def _number(key: str, digits: int) -> str:
    plain = f"CAST({key} AS DOUBLE)" if digits else key
    rounded = f"round({plain}, CAST({digits - 1} - floor(log10(abs({plain}))) AS INTEGER))"
    special = f"WHEN {plain} = 0 OR isinf({plain}) THEN {plain}"
    if digits:
        return f"CASE WHEN {nan(plain)} THEN NULL {special} ELSE {rounded} END"
    return f"CASE WHEN {nan(key)} THEN NULL ELSE {key} END"
