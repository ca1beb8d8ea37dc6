"""A value `v` of a column in DuckDB's words: missing, as text, and brought to the type of another."""

from __future__ import annotations

from smokealarm.data.columns import Column, Kind
from smokealarm.data.questions import Bound, Value

FLOATS = ("FLOAT", "DOUBLE")


def missing(value: str, column: Column) -> str:
    """NaN is no NULL in a file, but it is to pandas, and so to great_expectations."""
    if column.type in FLOATS:
        # Not isnan: DuckDB 2.0 asks the least and largest value of a Parquet file's parts first,
        # and those know no NaN: `WHERE isnan(v)` finds none there.
        return f"({value} IS NULL OR (NOT isfinite({value}) AND NOT isinf({value})))"
    return f"({value} IS NULL)"


def text_of(column: Column, value: str = "v") -> str:
    """The value as Python would print it."""
    if column.kind is Kind.BOOLEAN:
        return f"CASE WHEN {value} THEN 'True' ELSE 'False' END"
    if column.type == "JSON":  # a text among them without its quotes
        return f"({value} ->> '$')"
    return value if column.type == "VARCHAR" else f"CAST({value} AS VARCHAR)"


def comparable(bound: Bound | Value, column: Column, value: str = "v") -> tuple[str, str]:
    """The two sides of a comparison, brought to one type without losing digits of the column."""
    if isinstance(bound, str):
        if column.kind is Kind.MOMENT:
            moment = "TIMESTAMPTZ" if "TIME ZONE" in column.type else "TIMESTAMP"
            return f"CAST({value} AS {moment})", f"TRY_CAST(CAST(? AS VARCHAR) AS {moment})"
        left = f"CAST({value} AS VARCHAR)" if column.kind is Kind.TEXT else "CAST(NULL AS VARCHAR)"
        return left, "CAST(? AS VARCHAR)"
    number = "CAST(? AS DOUBLE)" if isinstance(bound, float) else "?"
    if column.type == "FLOAT":  # 0.1 in a column of 32-bit numbers is the nearest one to 0.1
        return value, "CAST(? AS FLOAT)"
    if column.kind is Kind.BOOLEAN:
        return f"CAST({value} AS INTEGER)", number
    if column.kind is Kind.NUMBER:
        return value, number
    return f"TRY_CAST({text_of(column, value)} AS DOUBLE)", number
