"""The tables of the published cases, as files: Parquet, or JSONL where a column holds several kinds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from dateutil.parser import parse

MOMENTS = ("datetime", "datetime64", "datetime64[ns]")
MOMENTS_UTC = ("timestamp", "datetime64[ns, tz]")


def written(
    folder: Path, columns: Mapping[str, Sequence[Any]], schema: Mapping[str, str], options: str
) -> str:
    """Write the columns with the types that the schema for pandas gives them; the file's name."""
    arrays = {name: _array(values, schema.get(name, "")) for name, values in columns.items()}
    if any(name in options and array is None for name, array in arrays.items()):
        path = folder / "table.jsonl"
        rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        path = folder / "table.parquet"
        pq.write_table(pa.table({k: v for k, v in arrays.items() if v is not None}), path)
    return path.name


def _array(values: Sequence[Any], type_: str) -> pa.Array | None:
    """The column; None where it holds several kinds of values, which Parquet has no type for."""
    name = type_.lower()
    if name in MOMENTS:
        return pa.array([_moment(value) for value in values], pa.timestamp("us"))
    if name in MOMENTS_UTC:
        return pa.array([_moment(value) for value in values], pa.timestamp("us", "UTC"))
    if name == "date":
        days = [moment and moment.date() for moment in map(_moment, values)]
        return pa.array(days, pa.date32())
    if name.startswith(("float", "int")) and not all(isinstance(v, str) for v in values):
        return pa.array([_number(value, name) for value in values])
    if name == "str":
        return pa.array([value if value is None else str(value) for value in values], pa.string())
    return _inferred(values)


def _moment(value: Any) -> Any:
    return None if value is None else parse(value)


def _number(value: Any, name: str) -> Any:
    return value if value is None else float(value) if name.startswith("float") else int(value)


def _inferred(values: Sequence[Any]) -> pa.Array | None:
    numbers = [v for v in values if isinstance(v, float)]
    try:
        if numbers and not any(isinstance(v, bool) for v in values):
            return pa.array(values, pa.float64())
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None
