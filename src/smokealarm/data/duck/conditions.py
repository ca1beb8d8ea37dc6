"""Row conditions in DuckDB's words. Every part is true or false, never NULL: pandas knows no third."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Union

from smokealarm.data.columns import Column, Kind, compares, family
from smokealarm.data.conditions.where import (
    Absent,
    Among,
    Compared,
    Condition,
    Every,
    Literally,
    Not,
    Of,
    Sign,
    Some,
)
from smokealarm.data.duck.sql import Sql, joined
from smokealarm.data.duck.values import comparable, identity, identity_of, missing
from smokealarm.data.questions import Value

Columns = Mapping[str, Column]
Key = Callable[[str], str]
Leaf = Union[Compared, Among, Absent]

HUGEST = 2**127 - 1
HUGEST_FLOAT = 3.4e38


def condition(where: Condition, columns: Columns, key: Key) -> Sql:
    """What is true of the rows that are meant."""
    if isinstance(where, (Every, Some)):
        parts = [condition(part, columns, key) for part in where.conditions]
        every = isinstance(where, Every)
        inside = joined(parts, " AND " if every else " OR ") if parts else Sql(str(every))
        return Sql(f"({inside.text})", inside.values)
    if isinstance(where, Not):
        inside = condition(where.condition, columns, key)
        return Sql(f"(NOT {inside.text})", inside.values)
    return _leaf(where, columns, key)


def _leaf(where: Leaf, columns: Columns, key: Key) -> Sql:
    value, column = key(where.column), columns[where.column]
    if isinstance(where, Absent):
        return Sql(f"{'NOT ' * where.negated}{missing(value, column)}")
    if isinstance(where, Among):
        found = _among(value, column, where.values)
        return Sql(f"(NOT {found.text})", found.values) if where.negated else found
    if isinstance(where.value, Of):
        other = where.value.column
        return _two(value, column, where.sign, key(other), columns[other])
    return _compared(value, column, where.sign, where.value)


def _compared(value: str, column: Column, sign: Sign, bound: Literally) -> Sql:
    """Values that do not compare are unequal."""
    if sign == "!=":
        equal = _compared(value, column, "==", bound)
        return Sql(f"(NOT {equal.text})", equal.values)
    if column.kind is Kind.OTHER and sign == "==":
        return _among(value, column, (bound,))
    if not compares(column.kind, bound):
        return Sql("false")
    left, right = comparable(bound, column, value)
    text = f"(NOT {missing(value, column)} AND coalesce({left} {_sql(sign)} {right}, false))"
    return Sql(text, (_bound(bound, column),))


def _among(value: str, column: Column, values: tuple[Literally, ...]) -> Sql:
    """One IN for each way to compare: next to a fraction, whole numbers would lose digits."""
    if column.kind is Kind.OTHER:
        return identical(value, column, values)
    ways: dict[tuple[str, str], list[Literally]] = {}
    for each in values:
        if compares(column.kind, each):
            way = comparable(each, column, value)
            ways.setdefault(way, []).append(_bound(each, column))
    parts = [
        Sql(f"{left} IN ({', '.join([right] * len(those))})", tuple(those))
        for (left, right), those in ways.items()
    ]
    inside = joined(parts, " OR ") if parts else Sql("false")
    text = f"(NOT {missing(value, column)} AND coalesce({inside.text}, false))"
    return Sql(text, inside.values)


def identical(value: str, column: Column, values: Sequence[Value]) -> Sql:
    """Whether a value of a column of several kinds, as JSON has them, is one of these."""
    inside = joined([identity_of(each) for each in values if each is not None], ", ")
    text = (
        f"coalesce({identity(value, column)} IN ({inside.text}), false)" if inside.text else "false"
    )
    return Sql(text, inside.values)


def _bound(value: Literally, column: Column) -> Literally:
    """The value as the engine takes it. Numbers beyond its largest are as good as infinite."""
    if isinstance(value, str):
        return value
    if abs(value) > (HUGEST_FLOAT if column.type == "FLOAT" else HUGEST):
        return math.inf if value > 0 else -math.inf
    return int(value) if isinstance(value, bool) else value


def _two(value: str, column: Column, sign: Sign, value2: str, column2: Column) -> Sql:
    """Two columns of one row, of which a missing one is unequal to all."""
    if sign == "!=":
        return Sql(f"(NOT {_two(value, column, '==', value2, column2).text})")
    there = f"NOT {missing(value, column)} AND NOT {missing(value2, column2)}"
    if sign == "==":
        return Sql(f"({there} AND {equal(value, column, value2, column2)})")
    return Sql(f"({there} AND {ordered(value, column, sign, value2, column2)})")


def equal(value: str, column: Column, value2: str, column2: Column) -> str:
    """Whether two values that are not NaN are equal; false where one is NULL."""
    if "JSON" in (column.type, column2.type):
        return f"coalesce({identity(value, column)} = {identity(value2, column2)}, false)"
    return ordered(value, column, "=", value2, column2)


def ordered(value: str, column: Column, sign: str, value2: str, column2: Column) -> str:
    """Whether two values that are not NaN compare so; values of two kinds do not, nor does NULL."""
    if family(column) != family(column2):
        return "false"
    return f"coalesce({_plain(value, column)} {sign} {_plain(value2, column2)}, false)"


def _plain(value: str, column: Column) -> str:
    """The value in a type that compares with every other one of its kind."""
    if column.kind is Kind.BOOLEAN:
        return f"CAST({value} AS INTEGER)"
    return f"CAST({value} AS VARCHAR)" if column.kind is Kind.TEXT else value


def _sql(sign: Sign) -> str:
    return "=" if sign == "==" else sign
