"""Blank lines in a CSV file of one column: to the engine they are rows, to pandas they are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import duckdb

from smokealarm.data.duck.sql import identifier
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.tables import rows_of
from smokealarm.data.sources.text_files import numbered, text


def without_blank_lines(
    connection: duckdb.DuckDBPyConnection,
    parts: Sequence[Part],
    name: str,
    starts: tuple[int, ...],
) -> tuple[int, ...]:
    """Take the blank lines out of the table; the row at which each file begins now."""
    table, kept = identifier(name), identifier(f"{name} kept")
    if not connection.execute(f"SELECT 1 FROM {table} WHERE c0 IS NULL LIMIT 1").fetchall():
        return starts
    ends = (*starts[1:], rows_of(connection, name))
    blanks = [list(_blanks(part, end - start)) for part, start, end in zip(parts, starts, ends)]
    rows = [start + blank for start, those in zip(starts, blanks) for blank in those]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {kept} AS SELECT * FROM {table} "
        "WHERE rowid NOT IN (SELECT unnest(CAST(? AS BIGINT[])))",
        [rows],
    )
    connection.execute(f"DROP TABLE {table}")
    connection.execute(f"ALTER TABLE {kept} RENAME TO {table}")
    left = [end - start - len(those) for start, end, those in zip(starts, ends, blanks)]
    return tuple(accumulate(left[:-1], initial=0))


def _blanks(part: Part, rows: int) -> Iterator[int]:
    """The numbers, from 0, of the engine's rows that are blank lines."""
    with text(part) as file:
        row = -1  # the header
        for _, record in numbered(file, part):
            if row >= 0 and not record and row < rows:
                yield row
            if record or row >= 0:
                row += 1
