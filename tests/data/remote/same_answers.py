"""The same table in a Parquet file, in PostgreSQL and in Spark, and the same questions to each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from smokealarm.data.duck.connection import connected as duck
from smokealarm.data.duck.table import Tables as Files
from smokealarm.data.questions import Question
from smokealarm.data.remote import engines
from smokealarm.data.remote.address import address_of
from smokealarm.data.remote.table import Reading, Tables
from smokealarm.data.sources.source import source_of
from smokealarm.errors import Inconclusive, Place
from tests.data.remote.servers import Server

PLACE = Place(".smokealarm.yaml")

TYPES = {
    "whole": (pa.int64(), "bigint"),
    "x": (pa.float64(), "double precision"),
    "short": (pa.float32(), "real"),
    "price": (pa.decimal128(12, 2), "numeric(12,2)"),
    "flag": (pa.bool_(), "boolean"),
    "text": (pa.string(), "text"),
    "day": (pa.date32(), "date"),
    "at": (pa.timestamp("us"), "timestamp"),
    "zoned": (pa.timestamp("us", "UTC"), "timestamptz"),
}

# Sums of eighths are exact, so that the order in which an engine adds makes no difference.
EIGHTHS = st.integers(-(2**20), 2**20).map(lambda n: n / 8)
MOMENTS = st.datetimes(datetime(1960, 1, 1), datetime(2060, 1, 1))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "whole": st.integers(-5, 5) | st.integers(-(2**40), 2**40),
    "x": EIGHTHS | st.sampled_from([math.nan, math.inf, -math.inf, -0.0, 0.1]),
    "short": st.sampled_from([0.1, 0.25, -7.5, math.nan, 1e6]),
    "price": st.integers(-9999, 9999).map(lambda n: Decimal(n) / 100),
    "flag": st.booleans(),
    "text": st.text("aAbZ09 .-_%'\"\\é日😀\n\t", max_size=6)
    | st.sampled_from(["a", "B", "a b", "2024-01-01"]),
    "day": st.dates(date(1960, 1, 1), date(2060, 1, 1)),
    "at": MOMENTS,
    "zoned": MOMENTS.map(lambda moment: moment.replace(tzinfo=timezone.utc)),
}

Columns = dict[str, list[Any]]


def _filled(rows: int) -> st.SearchStrategy[Columns]:
    return st.fixed_dictionaries(
        {
            name: st.lists(st.none() | values, min_size=rows, max_size=rows)
            for name, values in VALUES.items()
        }
    )


TABLES: st.SearchStrategy[Columns] = st.integers(0, 8).flatmap(_filled)


def rich() -> Columns:
    """A table with a bit of everything."""
    start = datetime(2024, 2, 28, 23, 59, 59, 500_000)
    moments = [start + timedelta(hours=9 * n, microseconds=n) for n in range(7)]
    return {
        "whole": [1, 2, 2, None, -(2**40), 5, 3],
        "x": [1.5, math.nan, math.inf, -1.0, None, 0.1, 0.125],
        "short": [0.1, None, 0.1, 7.5, 0.25, math.nan, 1e6],
        "price": [
            Decimal("1.25"),
            Decimal(3),
            None,
            Decimal(3),
            Decimal("-0.01"),
            Decimal(0),
            None,
        ],
        "flag": [True, None, False, False, True, True, True],
        "text": ["a", "B", None, "a", "é😀", "it's \\ 100 %_\n", ""],
        "day": [*(moment.date() for moment in moments[:6]), None],
        "at": [*moments[:5], None, moments[0]],
        "zoned": [None, *(moment.replace(tzinfo=timezone.utc) for moment in moments[:6])],
    }


def parquet(folder: Path, columns: Columns) -> Path:
    """The columns as a file."""
    arrays = {name: pa.array(values, TYPES[name][0]) for name, values in columns.items()}
    pq.write_table(pa.table(arrays), folder / "same.parquet")
    return folder / "same.parquet"


def into_postgres(server: Server, columns: Columns, name: str = "same") -> None:
    """The columns as a table of the server."""
    types = ", ".join(f'"{column}" {TYPES[column][1]}' for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    rows = list(zip(*columns.values()))
    with server.connect() as connection:
        connection.execute(f'DROP TABLE IF EXISTS "{name}"'.encode())
        connection.execute(f'CREATE TABLE "{name}" ({types})'.encode())
        with connection.cursor() as cursor:
            cursor.executemany(f'INSERT INTO "{name}" VALUES ({marks})'.encode(), rows)


def of_file(folder: Path, questions: Sequence[Question[Any]]) -> dict[Question[Any], Any]:
    """What the embedded engine answers."""
    with duck() as connection:
        tables = Files(connection, questions, folder)
        tables.open("", source_of("same.parquet", folder, PLACE))
        tables.answer()
        return dict(tables[""].answers)


def of_server(url: str, questions: Sequence[Question[Any]]) -> tuple[dict[Question[Any], Any], int]:
    """What a remote engine answers, and in how many queries."""
    address = address_of(url, PLACE)
    with engines.connected(address, 300) as engine:
        tables = Tables(engine, Reading(), Path("."))
        tables.open("", address)
        tables.answer(questions)
        return tables[""].answers, engine.queries


def differing(
    questions: Sequence[Question[Any]], one: dict[Question[Any], Any], two: dict[Question[Any], Any]
) -> list[str]:
    """The questions that the two answer differently, with both answers."""
    return [
        f"{question}\n  {one[question]}\n  {two[question]}"
        for question in questions
        if not alike(one[question], two[question])
    ]


def alike(one: Any, two: Any) -> bool:
    """Equal; numbers to 1e-12 of their size, and what none can tell is none's."""
    if isinstance(one, Inconclusive) or isinstance(two, Inconclusive):
        return isinstance(one, Inconclusive) and isinstance(two, Inconclusive)
    if isinstance(one, np.ndarray) or isinstance(two, np.ndarray):
        return alike(list(one), list(two))
    if isinstance(one, float) or isinstance(two, float):
        if one is None or two is None:
            return False
        nan = math.isnan(one) and math.isnan(two)
        return nan or math.isclose(one, two, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(one, (tuple, list)) and isinstance(two, (tuple, list)):
        return len(one) == len(two) and all(map(alike, one, two))
    return bool(one == two)
