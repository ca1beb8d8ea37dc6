"""Files of a few kilobytes that inflate to hundreds of gigabytes are refused before they do."""

from __future__ import annotations

import duckdb

from smokealarm.data.sources.files import Part
from smokealarm.data.sources.reading import path_of
from smokealarm.errors import Inconclusive

GB = 10**9
TEXT_LIMIT, TEXT_RATIO = 1 * GB, 500  # gzip shrinks tables 3 to 50 times, at most 1,032
PARQUET_LIMIT, PARQUET_RATIO = 20 * GB, 1000
VALUE = 8  # bytes of a value that run-length encoding made disappear


def refuse(part: Part, size: int, inflated: int) -> Inconclusive:
    """What is told of a file that would not be good for us."""
    return Inconclusive(
        f"{part.name} has {size:,} bytes and inflates to {inflated / GB:,.0f} GB or more: "
        "it was not read, because it could be made to harm",
        "If it is meant so, write it without compression, or take the constant columns out.",
    )


def too_much_text(size: int, inflated: int) -> bool:
    return inflated > TEXT_LIMIT and inflated > TEXT_RATIO * size


def refuse_inflated(connection: duckdb.DuckDBPyConnection, part: Part, rows: int) -> None:
    """Raises Inconclusive for a Parquet file that holds far more than it is large."""
    size = part.path.stat().st_size
    inflated = VALUE * rows
    if PARQUET_RATIO * size < PARQUET_LIMIT:
        [(sizes,)] = connection.execute(
            f"SELECT sum(total_uncompressed_size) FROM parquet_metadata({path_of(part)})"
        ).fetchall()
        inflated = max(inflated, int(sizes or 0))
    if inflated > PARQUET_LIMIT and inflated > PARQUET_RATIO * size:
        raise refuse(part, size, inflated)
