"""A case with a watermark reads what is new, and remembers it after a verdict only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smokealarm.data.watermark.watermark import Watermark
from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import asked

NOT_NULL = "expect_column_values_to_not_be_null"
ROWS = "expect_table_row_count_to_be_between"
STATE = ".smokealarm/watermarks.json"


def write(folder: Path, ids: list[Any], labels: list[Any] | None = None) -> None:
    """The table anew, as if rows had been added to it."""
    columns = {"id": ids, "label": labels or ["x"] * len(ids)}
    pq.write_table(pa.table(columns), folder / "log.parquet")


def read(folder: Path, **settings: Any) -> int:
    """How many rows the case judges; the state moves as it would for the user."""
    watermark = Watermark(column="id", **settings)
    checks = ((ROWS, {"max_value": -1, "min_value": -2}), (NOT_NULL, {"column": "label"}))
    found = asked(folder, "log.parquet", *checks, watermark=watermark)
    return int(str(found[0][0].evidence["observed_value"]))


def judged(folder: Path, **settings: Any) -> list[Any]:
    """What a check of the labels says of what is new."""
    watermark = Watermark(column="id", **settings)
    return asked(folder, "log.parquet", (NOT_NULL, {"column": "label"}), watermark=watermark)[0]


def test_the_first_run_reads_all_and_the_second_only_what_is_new(tmp_path: Path) -> None:
    write(tmp_path, [1, 2, 3])
    assert read(tmp_path, advance="alarm") == 3
    write(tmp_path, [1, 2, 3, 4, 5])
    assert read(tmp_path, advance="alarm") == 2
    assert read(tmp_path, advance="alarm") == 0


def test_an_old_fault_is_not_told_again(tmp_path: Path) -> None:
    write(tmp_path, [1, 2], ["x", None])
    assert judged(tmp_path, advance="alarm")
    write(tmp_path, [1, 2, 3], ["x", None, "x"])
    assert judged(tmp_path) == []


def test_an_alarm_leaves_the_mark_where_it_was(tmp_path: Path) -> None:
    write(tmp_path, [1, 2], ["x", None])
    assert judged(tmp_path)
    assert judged(tmp_path), "the same rows again"
    assert not (tmp_path / STATE).exists()


def test_late_rows_are_read_with_an_overlap(tmp_path: Path) -> None:
    write(tmp_path, [1, 2, 10])
    assert judged(tmp_path) == []
    write(tmp_path, [1, 2, 8, 10, 11], ["x", "x", None, "x", "x"])
    [finding] = judged(tmp_path, overlap=3)
    assert finding.evidence["element_count"] == 4 - 1, "8, 10 and 11"


def test_rows_that_were_taken_away_are_no_verdict(tmp_path: Path) -> None:
    write(tmp_path, [1, 2, 10])
    assert judged(tmp_path) == []
    write(tmp_path, [1, 2])
    with pytest.raises(Inconclusive, match="was read up to 10, and its highest value is 2 now"):
        judged(tmp_path)
    assert json.loads((tmp_path / STATE).read_text())["cases"]["train"]["value"] == 10


def test_missing_values_of_the_column_are_read_the_first_time(tmp_path: Path) -> None:
    write(tmp_path, [1, None, 3])
    assert read(tmp_path) == 3


def test_nothing_in_the_table_remembers_nothing(tmp_path: Path) -> None:
    empty = pa.table({"id": pa.array([], pa.int64()), "label": pa.array([], pa.string())})
    pq.write_table(empty, tmp_path / "log.parquet")
    assert judged(tmp_path) == []
    assert not (tmp_path / STATE).exists()


def test_another_table_under_the_same_name_starts_anew(tmp_path: Path) -> None:
    write(tmp_path, [1, 2])
    assert judged(tmp_path) == []
    (tmp_path / "log.parquet").rename(tmp_path / "other.parquet")
    watermark = Watermark(column="id")
    rows = asked(tmp_path, "other.parquet", (ROWS, {"max_value": 0}), watermark=watermark)[0]
    assert rows[0].evidence["observed_value"] == 2


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[Path]:
    """A folder whose table was read up to 2."""
    write(tmp_path, [1, 2])
    assert judged(tmp_path) == []
    yield tmp_path


def test_a_damaged_state_is_told_and_kept(marked: Path) -> None:
    (marked / STATE).write_text("{")
    with pytest.raises(FatalError, match="cannot be read"):
        judged(marked)
    assert (marked / STATE).read_text() == "{"


def test_a_mark_never_moves_backwards(marked: Path) -> None:
    state = json.loads((marked / STATE).read_text())
    write(marked, [1, 2, 3])
    watermark = Watermark(column="id")
    state["cases"]["train"]["value"] = 100

    # Another run of the same case comes further while this one judges.
    from_another_run = json.dumps(state)
    with pytest.raises(Inconclusive):
        (marked / STATE).write_text(from_another_run)
        asked(marked, "log.parquet", (NOT_NULL, {"column": "label"}), watermark=watermark)
    assert json.loads((marked / STATE).read_text())["cases"]["train"]["value"] == 100


def test_a_column_that_is_missing_is_told(marked: Path) -> None:
    with pytest.raises(FatalError, match="there is no column 'idd'.*did you mean 'id'"):
        asked(marked, "log.parquet", (ROWS, {"min_value": 0}), watermark=Watermark(column="idd"))


def test_a_state_outside_the_repository_is_refused(marked: Path) -> None:
    with pytest.raises(FatalError, match="is no file of the repository"):
        judged(marked, state="../marks.json")


def test_an_overlap_that_is_no_span_is_refused(marked: Path) -> None:
    with pytest.raises(FatalError, match="is no span"):
        judged(marked, overlap="a while")


def test_nothing_but_the_state_is_left(marked: Path) -> None:
    assert [path.name for path in (marked / ".smokealarm").iterdir()] == ["watermarks.json"]
