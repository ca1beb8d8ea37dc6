"""How DuckDB reads each format: every setting is written down, because a gate must not guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from glob import escape

import duckdb

from smokealarm.data.sources.source import Format, Source
from smokealarm.data.duck.sql import quoted

# What pandas.read_csv takes for missing, and so great_expectations:
# https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html, `na_values`
NULLS = (
    ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"]
    + ["<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"]
)  # fmt: skip

# No dates: pandas leaves them text. HUGEINT, which DuckDB 1 does not accept here: as DOUBLE, two
# numbers of 20 digits may look the same.
WIDE = ["HUGEINT"] if int(duckdb.__version__.partition(".")[0]) >= 2 else []
TYPES = ["BOOLEAN", "BIGINT", *WIDE, "DOUBLE", "VARCHAR"]

WHOLE = -1  # sample every row for the types


def relation(source: Source, types: Mapping[str, str] | None = None, careful: bool = False) -> str:
    """The table function that reads the file; `types` are the engine's names and types of columns.

    `careful` takes the types from all rows instead of the first 20,480, and forgives line endings
    that are mixed.
    """
    path = quoted(escape(str(source.path)))
    if source.format is Format.PARQUET:
        return f"read_parquet({path}, hive_partitioning=false)"
    if source.format is Format.JSONL:
        columns = f"columns={_mapping(types)}" if types else f"sample_size={WHOLE}"
        return f"read_json({path}, format='newline_delimited', {columns})"
    given = f", types={_list(types.values())}" if types else ""
    sample = f", sample_size={WHOLE}, strict_mode=false" if careful else ""
    return (
        f"read_csv({path}, delim={quoted(source.delimiter)}, quote='\"', escape='\"', comment='', "
        f"header=true, skip=0, hive_partitioning=false, nullstr={_list(NULLS)}, "
        f"auto_type_candidates={_list(TYPES)}{given}{sample})"
    )


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(map(quoted, texts)) + "]"


def _mapping(texts: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(key)}: {quoted(text)}" for key, text in texts.items()) + "}"
