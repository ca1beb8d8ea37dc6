from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from smokealarm.errors import FatalError
from tests.data.tables import FORMATS, ask, table, text

CHECK = "freshness"
NOON = "2026-01-31T12:00:00Z"


def moments(*hours: float) -> list[dt.datetime]:
    """So many hours before noon."""
    return [dt.datetime(2026, 1, 31, 12) - dt.timedelta(hours=hour) for hour in hours]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_written_yesterday_is_fresh_enough(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"t": moments(400, 24, 100)}, kind)
    assert not ask(tmp_path, name, CHECK, column="t", max_age="2 days", at=NOON)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_that_nobody_filled_is_told(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"t": moments(400, 72, 100)}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="t", max_age="2 days", at=NOON)
    where = "row 2" if kind == "parquet" else f"line {3 if kind == 'csv' else 2} of {name}"
    assert finding.message == (
        f"the newest t is 2026-01-28T12:00:00+00:00 ({where}): 3 days old at "
        "2026-01-31T12:00:00+00:00, more than 2 days"
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_a_moment_in_the_future_is_told_and_does_not_hide_that_the_rest_is_old(
    tmp_path: Path, kind: str
) -> None:
    name = table(tmp_path, {"t": moments(72, -5000)}, kind)
    future, stale = ask(tmp_path, name, CHECK, column="t", max_age="2 days", at=NOON)
    assert "1 value of t lies in the future" in future.message
    assert "3 days old" in stale.message
    assert (
        ask(tmp_path, name, CHECK, column="t", max_age="4 days", at=NOON)[0].message
        == future.message
    )


@pytest.mark.parametrize(
    ("values", "options", "alarms"),
    [
        pytest.param(moments(-0.5), {}, 0, id="a clock that is half an hour ahead"),
        pytest.param(moments(-0.5), {"tolerance": "1 minute"}, 1, id="and less patience"),
        pytest.param([dt.date(2026, 1, 29)], {}, 0, id="a date is its whole day"),
        pytest.param([dt.date(2026, 1, 28)], {}, 1, id="an old date"),
        pytest.param([dt.date(2026, 1, 31)], {}, 0, id="today"),
        pytest.param(["2026-01-31"], {}, 0, id="today as text"),
        pytest.param(["2026-01-31T01:00:00+02:00"], {}, 0, id="a text with an offset"),
        pytest.param(["31.01.2026"], {}, 1, id="a text that is no ISO date"),
        pytest.param(["31.01.2026"], {"format": "%d.%m.%Y"}, 0, id="of which the format is told"),
        pytest.param(["infinity"], {}, 1, id="infinity"),
        pytest.param([1769774400], {"unit": "s"}, 0, id="seconds since 1970"),
        pytest.param([1769774400000], {"unit": "ms"}, 0, id="milliseconds since 1970"),
        pytest.param([1769774400], {}, 1, id="numbers of no unit"),
        pytest.param([None, *moments(5)], {}, 0, id="missing values do not count"),
        pytest.param(pa.array([None], pa.timestamp("us")), {}, 1, id="no value at all"),
        pytest.param(pa.array(moments(5), pa.timestamp("ns")), {}, 0, id="nanoseconds"),
        pytest.param(
            pa.array(moments(5), pa.timestamp("us", "Asia/Tokyo")), {}, 0, id="with a zone"
        ),
        pytest.param([True], {}, 1, id="booleans"),
    ],
)
def test_which_columns_are_fresh(tmp_path: Path, values: Any, options: Any, alarms: int) -> None:
    name = table(tmp_path, {"t": values})
    found = ask(tmp_path, name, CHECK, column="t", max_age="2 days", at=NOON, **options)
    assert len(found) == alarms


def test_a_time_zone_is_for_what_is_written_without_one(tmp_path: Path) -> None:
    name = table(tmp_path, {"t": moments(0)})
    options: dict[str, Any] = {
        "column": "t",
        "max_age": "1 hour",
        "at": "2026-01-31T12:30:00+00:00",
    }
    assert not ask(tmp_path, name, CHECK, **options)
    (stale,) = ask(tmp_path, name, CHECK, **options, time_zone="Asia/Tokyo")
    assert "9.5 hours old" in stale.message
    assert (
        "in the future"
        in ask(tmp_path, name, CHECK, **options, time_zone="America/New_York")[0].message
    )


def test_now_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = table(tmp_path, {"t": moments(1)})
    monkeypatch.setenv("SMOKEALARM_NOW", NOON)
    assert not ask(tmp_path, name, CHECK, column="t", max_age="2 hours")
    monkeypatch.setenv("SMOKEALARM_NOW", "2026-03-01")
    assert (
        "28.5 days old" not in ask(tmp_path, name, CHECK, column="t", max_age="2 hours")[0].message
    )
    assert "weeks old" in ask(tmp_path, name, CHECK, column="t", max_age="2 hours")[0].message


def test_an_empty_table_is_not_fresh(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, text(tmp_path, "a.csv", "t\n"), CHECK, column="t", max_age="1 day")
    assert finding.message == "t has no value, so nothing is fresh"


@pytest.mark.parametrize(
    "options",
    [
        {"max_age": "soon"},
        {"max_age": "1 day", "at": "x"},
        {"max_age": "1 day", "time_zone": "Mars/A"},
    ],
)
def test_options_that_cannot_be_meant(tmp_path: Path, options: Any) -> None:
    with pytest.raises(FatalError):
        ask(tmp_path, table(tmp_path, {"t": moments(1)}), CHECK, column="t", **options)
