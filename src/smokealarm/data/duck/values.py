"""A value `v` of a column in DuckDB's words: missing, as text, and brought to the type of another."""

from __future__ import annotations

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.sql import Sql
from smokealarm.data.questions import Bound, Value

FLOATS = ("FLOAT", "DOUBLE")


def nan(value: str) -> str:
    """What is true of NaN.

    Not isnan: DuckDB 2.0 asks the least and largest value of a Parquet file's parts first, and those
    know no NaN: isnan finds none there, neither in a WHERE nor in a CASE.
    """
    return f"(NOT isfinite({value}) AND NOT isinf({value}))"


def missing(value: str, column: Column) -> str:
    """NaN is no NULL in a file, but it is to pandas, and so to great_expectations."""
    if column.type in FLOATS:
        return f"({value} IS NULL OR {nan(value)})"
    return f"({value} IS NULL)"


def text_of(column: Column, value: str = "v") -> str:
    """The value as Python would print it."""
    if column.kind is Kind.BOOLEAN:
        return f"CASE WHEN {value} THEN 'True' ELSE 'False' END"
    if column.type == "JSON":  # a text among them without its quotes
        text = f"({value} ->> '$')"
        return f"CASE json_type({value}) WHEN 'BOOLEAN' THEN {_capital(text)} ELSE {text} END"
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


def identity(value: str, column: Column) -> str:
    """A text that equal values share, in whatever column they stand: of 1 and 1.0, but not of "1"."""
    if column.type == "JSON":
        text = f"({value} ->> '$')"
        number = _number(f"CAST({text} AS DOUBLE)")
        return (
            f"CASE json_type({value}) WHEN 'VARCHAR' THEN '\"' || {text} "
            f"WHEN 'DOUBLE' THEN {number} ELSE {text} END"
        )
    if column.kind is Kind.NUMBER:
        fractions = column.type in FLOATS or column.type.startswith("DECIMAL")
        return _number(f"CAST({value} AS DOUBLE)") if fractions else f"CAST({value} AS VARCHAR)"
    if column.kind is Kind.BOOLEAN:
        return f"CAST({value} AS VARCHAR)"
    return f"'\"' || CAST({value} AS VARCHAR)"


def identity_of(value: Value) -> Sql:
    """The same text of a value that a user wrote."""
    if isinstance(value, str):
        return Sql("?", (f'"{value}',))
    if isinstance(value, float) and not value.is_integer():
        return Sql("CAST(CAST(? AS DOUBLE) AS VARCHAR)", (value,))
    return Sql("?", (str(value).lower() if isinstance(value, bool) else str(int(value or 0)),))


def _number(value: str) -> str:
    """A 64-bit number as text; a whole one without its point."""
    whole = f"{value} = trunc({value}) AND abs({value}) < 1e37"
    text = f"CAST({value} AS VARCHAR)"
    return f"CASE WHEN {whole} THEN CAST(CAST({value} AS HUGEINT) AS VARCHAR) ELSE {text} END"


def _capital(text: str) -> str:
    return f"upper({text}[1]) || {text}[2:]"
