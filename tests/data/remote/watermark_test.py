"""The same on a live table: only new rows are read, by the server's own clock and a snapshot."""

from __future__ import annotations

from pathlib import Path

from smokealarm.data.watermark.watermark import Watermark
from tests.data.remote.servers import Server
from tests.data.tables import asked

ROWS = "expect_table_row_count_to_be_between"
NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"


def read(folder: Path, url: str, **settings: str) -> list[int]:
    """How many rows are judged, and how many labels are missing among them."""
    watermark = Watermark(column="created_at", **settings)  # type: ignore[arg-type]  # its literals
    checks = ((ROWS, {"min_value": 1_000}), (NOT_NULL, {"column": "label"}))
    rows, labels = asked(folder, url, *checks, watermark=watermark)
    missing = labels[0].evidence["unexpected_count"] if labels else 0
    return [int(str(rows[0].evidence["observed_value"])), int(str(missing))]


def test_a_live_table_is_read_from_the_last_verdict_on(server: Server, tmp_path: Path) -> None:
    url = server.url("events")
    server.run(
        "DROP TABLE IF EXISTS events",
        "CREATE TABLE events (id serial, label text, created_at timestamptz)",
        "INSERT INTO events (label, created_at) SELECT 'x', timestamptz '2026-01-01' + n * interval "
        "'1 hour' FROM generate_series(1, 100) n",
    )
    assert read(tmp_path, url) == [100, 0]
    assert read(tmp_path, url) == [100, 0], "the row count failed, so the mark stayed"
    assert read(tmp_path, url, advance="alarm") == [100, 0]
    server.run(
        "INSERT INTO events (label, created_at) VALUES (NULL, '2026-02-01'), ('y', '2026-02-02')",
    )
    assert read(tmp_path, url, advance="alarm") == [2, 1]
    assert read(tmp_path, url, advance="alarm") == [0, 0]
    server.run("INSERT INTO events (label, created_at) VALUES ('late', '2026-02-01 12:00')")
    assert read(tmp_path, url, advance="alarm") == [0, 0], "it came late"
    assert read(tmp_path, url, overlap="1 day") == [3, 1], "both of the new ones, and the late one"


def test_a_run_that_passes_moves_the_mark(server: Server, tmp_path: Path) -> None:
    server.run(
        "DROP TABLE IF EXISTS passing",
        "CREATE TABLE passing AS SELECT n AS id FROM generate_series(1, 10) n",
    )
    url, watermark = server.url("passing"), Watermark(column="id")
    unique = (UNIQUE, {"column": "id"})
    assert asked(tmp_path, url, unique, watermark=watermark) == [[]]
    server.run("INSERT INTO passing VALUES (5), (11)")
    assert asked(tmp_path, url, unique, watermark=watermark) == [[]], "5 is not new"
