"""The newest moment of a live table, which is what a schedule asks for first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from pyspark.sql import SparkSession

from smokealarm.data.conditions.where import Compared
from smokealarm.data.questions import Question
from smokealarm.data.questions.comparisons import Moments, Newest, RepeatedRows
from tests.data.remote.same_answers import (
    TYPES,
    Columns,
    into_postgres,
    of_file,
    of_server,
    parquet,
    rich,
)
from tests.data.remote.servers import Server
from tests.data.tables import ask

UNTIL = "2024-02-29T18:00:00+00:00"
TEXTS = [
    "2024-02-28", " 2024-02-29 10:00:00 ", "2024-02-29T23:00:00+09:00", "2024-03-31 02:30:00Z",
    "soon", "2024-13-01", None,
]  # fmt: skip
QUESTIONS: list[Question[Any]] = [
    *(Newest(column=name, until=UNTIL) for name in TYPES),
    *(Newest(column=name, until=UNTIL, zone="Asia/Tokyo") for name in ("day", "at", "text")),
    Newest(column="at", until=UNTIL, where=Compared("whole", ">", 0)),
    Newest(column="at", until="1999-01-01T00:00:00+00:00"),
    Newest(column="whole", until=UNTIL, unit="s"),
    Newest(column="x", until="1970-01-01T00:00:00.001+00:00", unit="ms"),
]


def table() -> Columns:
    """With texts that are moments, but for two; numbers without infinities, which are none."""
    made = rich()
    return {**made, "text": TEXTS, "x": [1.5, None, 2.0, -1.0, None, 0.25, 0.125]}


def compared(folder: Path, url: str, questions: Sequence[Question[Any]]) -> None:
    parquet(folder, table())
    mine, (theirs, _) = of_file(folder, questions), of_server(url, questions)
    for question in questions:
        assert _nowhere(mine[question]) == theirs[question], question


def _nowhere(found: Moments) -> Moments:
    """Without the rows, which a server does not number."""
    return structs.replace(found, unreadable_row=None, newest_row=None, latest_row=None)


def test_postgresql_tells_the_same_moments_as_a_file(server: Server, tmp_path: Path) -> None:
    into_postgres(server, table(), "newest")
    compared(tmp_path, server.url("newest"), QUESTIONS)


def test_spark_tells_the_same_moments_as_a_file(spark: SparkSession, tmp_path: Path) -> None:
    compared(tmp_path, f"spark://{tmp_path / 'same.parquet'}", QUESTIONS[6:12])


def test_texts_may_be_written_in_a_format_of_their_own(server: Server, tmp_path: Path) -> None:
    into_postgres(server, {"text": ["28.02.2024", "29.02.2024", "2024-02-28"]}, "german")
    question = Newest(column="text", until=UNTIL, format="%d.%m.%Y")
    found = of_server(server.url("german"), [question])[0][question]
    assert (found.newest, found.unreadable) == ("2024-02-29T00:00:00+00:00", 1)


@pytest.mark.parametrize(("max_age", "alarms"), [("2 days", 0), ("2 hours", 1)])
def test_a_live_table_is_fresh_or_stale(
    server: Server, tmp_path: Path, max_age: str, alarms: int
) -> None:
    into_postgres(server, {"at": [datetime(2024, 2, 28), datetime(2024, 2, 29)]}, "events")
    options = {"column": "at", "max_age": max_age, "at": "2024-02-29T06:00:00"}
    found = ask(tmp_path, server.url("events"), "freshness", **options)
    assert len(found) == alarms
    if found:
        assert "the newest at is 2024-02-29T00:00:00+00:00: 6 hours old" in found[0].message


def test_equal_rows_are_counted_without_a_place(server: Server, tmp_path: Path) -> None:
    into_postgres(
        server, {"whole": [1, 1, 2, None, None], "text": ["a", "a", "a", None, None]}, "twins"
    )
    question = RepeatedRows()
    found = of_server(server.url("twins"), [question])[0][question]
    assert (found.rows, found.again, found.pairs) == (5, 2, ())
    (finding,) = ask(tmp_path, server.url("twins"), "no_duplicate_rows")
    assert finding.message == "2 of 5 rows are equal to an earlier one (40.0 %)"
    assert ask(tmp_path, server.url("twins"), "no_duplicate_rows", mostly=0.5) == []
