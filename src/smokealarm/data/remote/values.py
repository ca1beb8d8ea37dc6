"""Values on both sides of a comparison, brought to one type, and values that came back, made plain."""

from __future__ import annotations

import math
import struct
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from smokealarm.data.columns import Column, Kind
from smokealarm.data.questions import Bound, Value
from smokealarm.data.values.moments import nanoseconds

_MOST = 2**63 - 1
_EPOCH = datetime(1970, 1, 1)


def comparable(value: ir.Column, column: Column, bound: Bound | Value) -> tuple[Any, Any] | None:
    """The two sides of a comparison without losing digits of the column; None where they do not compare."""
    if isinstance(bound, str):
        if column.kind is Kind.TEXT:
            return value, ibis.literal(bound, "string")
        moment = _moment(bound) if column.kind is Kind.MOMENT else None
        return None if moment is None else _moments(value, column, moment)
    if bound is None:
        return None
    if column.kind is Kind.BOOLEAN:
        return value.cast("int32"), _number(int(bound) if isinstance(bound, bool) else bound)
    if column.kind is not Kind.NUMBER:
        return None
    if column.type == "FLOAT":  # 0.1 in a column of 32-bit numbers is the nearest one to 0.1
        return value.cast("float64"), _number(_shortened(float(bound)))
    if isinstance(bound, float) and column.type.startswith("DECIMAL"):
        return value.cast("float64"), _number(bound)
    return value, _number(bound)


def _shortened(bound: float) -> float:
    """The nearest 32-bit number, which engines that read `0.1` in a query do not make of it."""
    try:
        nearest: float = struct.unpack("f", struct.pack("f", bound))[0]
    except OverflowError:
        return math.copysign(math.inf, bound)
    return nearest


def _number(bound: int | float) -> ir.Scalar:
    """A literal; what no 64-bit number can be is as good as the nearest float."""
    if isinstance(bound, bool):
        bound = int(bound)
    if isinstance(bound, float) or abs(bound) > _MOST:
        return ibis.literal(float(bound), "float64")
    return ibis.literal(bound, "int64")


def _moment(bound: str) -> datetime | None:
    """The moment in UTC, which is meant where no time zone is written."""
    since = nanoseconds(bound)
    if since is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=since // 1000)
    except (OverflowError, ValueError):  # beyond the years that Python knows
        return datetime.max if since > 0 else datetime.min


def _moments(value: Any, column: Column, moment: datetime) -> tuple[Any, Any]:
    if "TIME ZONE" in column.type:
        return value, ibis.literal(moment.replace(tzinfo=timezone.utc), "timestamp('UTC')")
    if column.type == "DATE":
        value = value.cast("timestamp")
    return value, ibis.literal(moment, "timestamp")


def plain(value: Any) -> Value:
    """A value that came back, as an answer holds it: numbers as numbers, moments as ISO 8601 in UTC."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Decimal):
        if value.is_nan():
            return None
        return (
            int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
        )
    return text(value)


def text(value: Any) -> str:
    """A value as the embedded engine writes it: no zeros at the end of a second's fraction."""
    if not isinstance(value, datetime):
        return str(value)
    zone = "" if value.tzinfo is None else "+00"
    if value.tzinfo is not None:
        value = value.astimezone(timezone.utc).replace(tzinfo=None)
    written = str(value)
    return (written.rstrip("0") if "." in written else written) + zone


def shown(value: Any) -> str:
    """A value for a message: quoted where it is text."""
    if value is None:
        return "null"
    return repr(value) if isinstance(value, str) else text(value)
