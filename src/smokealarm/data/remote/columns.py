"""The columns of a remote table in the words that the embedded engine uses, so that suites run on both."""

from __future__ import annotations

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from smokealarm.data.columns import Column, Kind

NAMES: dict[type[dt.DataType], str] = {
    dt.Int8: "TINYINT",
    dt.Int16: "SMALLINT",
    dt.Int32: "INTEGER",
    dt.Int64: "BIGINT",
    dt.UInt8: "UTINYINT",
    dt.UInt16: "USMALLINT",
    dt.UInt32: "UINTEGER",
    dt.UInt64: "UBIGINT",
    dt.Float32: "FLOAT",
    dt.Float64: "DOUBLE",
    dt.Boolean: "BOOLEAN",
    dt.String: "VARCHAR",
    dt.Date: "DATE",
    dt.Time: "TIME",
    dt.Binary: "BLOB",
    dt.UUID: "UUID",
    dt.JSON: "JSON",
    dt.Struct: "STRUCT",
    dt.Map: "MAP",
    dt.Interval: "INTERVAL",
}


def columns_of(table: ir.Table) -> dict[str, Column]:
    """The columns by name, in their order."""
    return {
        name: Column(name, _type(dtype), kind_of(dtype)) for name, dtype in table.schema().items()
    }


def kind_of(dtype: dt.DataType) -> Kind:
    if dtype.is_boolean():
        return Kind.BOOLEAN
    if dtype.is_numeric():
        return Kind.NUMBER
    if dtype.is_string() and not dtype.is_json():
        return Kind.TEXT
    return Kind.MOMENT if dtype.is_date() or dtype.is_timestamp() else Kind.OTHER


def _type(dtype: dt.DataType) -> str:
    if isinstance(dtype, dt.Decimal):
        known = dtype.precision is not None and dtype.scale is not None
        return f"DECIMAL({dtype.precision},{dtype.scale})" if known else "DECIMAL"
    if isinstance(dtype, dt.Timestamp):
        return "TIMESTAMP WITH TIME ZONE" if dtype.timezone else "TIMESTAMP"
    if isinstance(dtype, dt.Array):
        return f"{_type(dtype.value_type)}[]"
    return NAMES.get(type(dtype), str(dtype).upper())
