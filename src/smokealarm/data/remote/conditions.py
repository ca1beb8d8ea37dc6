"""Row conditions as expressions. Every part is true or false, never NULL: pandas knows no third."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from smokealarm.data.columns import Column, Kind, family
from smokealarm.data.conditions.where import (
    Absent,
    Among,
    Condition,
    Every,
    Literally,
    Not,
    Of,
    Sign,
    Some,
)
from smokealarm.data.remote.values import comparable

SIGNS: Mapping[Sign, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def condition(where: Condition, table: ir.Table, columns: Mapping[str, Column]) -> Any:
    """What is true of the rows that are meant."""
    if isinstance(where, (Every, Some)):
        every = isinstance(where, Every)
        parts = [condition(part, table, columns) for part in where.conditions]
        return reduce(operator.and_ if every else operator.or_, parts, ibis.literal(every))
    if isinstance(where, Not):
        return ~condition(where.condition, table, columns)
    value, column = table[where.column], columns[where.column]
    if isinstance(where, Absent):
        return value.notnull() if where.negated else value.isnull()
    if isinstance(where, Among):
        found = _some(_compared(value, column, "==", each) for each in where.values)
        return ~found if where.negated else found
    if isinstance(where.value, Of):
        other = where.value.column
        return _two(value, column, where.sign, table[other], columns[other])
    return _compared(value, column, where.sign, where.value)


def _some(parts: Any) -> Any:
    return reduce(operator.or_, parts, ibis.literal(False))


def _compared(value: ir.Column, column: Column, sign: Sign, bound: Literally) -> Any:
    """Values that do not compare are unequal."""
    if sign == "!=":
        return ~_compared(value, column, "==", bound)
    sides = comparable(value, column, bound)
    return certainly(SIGNS[sign](*sides)) if sides else ibis.literal(False)


def _two(value: ir.Column, column: Column, sign: Sign, value2: ir.Column, column2: Column) -> Any:
    """Two columns of one row. Values of two kinds are unequal."""
    if sign == "!=":
        return ~_two(value, column, "==", value2, column2)
    if family(column) != family(column2):
        return ibis.literal(False)
    return certainly(SIGNS[sign](_plain(value, column), _plain(value2, column2)))


def certainly(expression: Any) -> Any:
    """False in the place of NULL."""
    return expression.fill_null(False)


def _plain(value: ir.Column, column: Column) -> ir.Column:
    if column.kind is Kind.BOOLEAN:
        return value.cast("int32")
    return value
