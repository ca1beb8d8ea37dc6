"""A folder of partitions: the day in the folder's name is the mark."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from smokealarm.data.watermark.watermark import Watermark
from tests.data.tables import asked

ROWS = "expect_table_row_count_to_be_between"
NOT_NULL = "expect_column_values_to_not_be_null"


def partition(folder: Path, day: str, labels: list[str | None]) -> Path:
    """The rows of a day."""
    path = folder / "log" / f"day={day}" / "part-0.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"label": pa.array(labels, pa.string())}), path)
    return path


def rows(folder: Path) -> object:
    """How many rows are judged."""
    watermark = Watermark(column="day", advance="alarm")
    checks = ((ROWS, {"min_value": 10_000}), (NOT_NULL, {"column": "label"}))
    return asked(folder, "log", *checks, watermark=watermark)[0][0].evidence["observed_value"]


def test_only_new_days_are_judged(tmp_path: Path) -> None:
    partition(tmp_path, "2026-01-01", ["a", "b", None])
    partition(tmp_path, "2026-01-02", ["a"])
    assert rows(tmp_path) == 4
    assert rows(tmp_path) == 0
    partition(tmp_path, "2026-01-03", ["a", "b"])
    assert rows(tmp_path) == 2
