from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.data.tables import ask, table

CHECK = "expect_column_values_to_be_dateutil_parseable"


def test_dates_in_many_forms_pass(tmp_path: Path, kind: str) -> None:
    values = ["2020-01-31", "31 Jan 2020", "1/2/2020 10:00", None]
    name = table(tmp_path, {"x": values, "y": [1, 2, 3, 4]}, kind)
    assert not ask(tmp_path, name, CHECK, column="x")


def test_what_is_no_date_is_counted_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": ["2020-01-31", "2020-02-30", "soon"], "y": [1, 2, 3]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x")
    assert "2 of 3 values are no date that dateutil can read (66.7 %)" in finding.message
    assert "row 2: '2020-02-30', row 3: 'soon'" in finding.message


def test_a_column_of_dates_passes_whatever_its_values(tmp_path: Path) -> None:
    assert not ask(tmp_path, table(tmp_path, {"x": [dt.date(2020, 1, 1)]}), CHECK, column="x")


def test_a_column_of_numbers_is_a_failure(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": [20200131]}), CHECK, column="x")
    assert finding.message == "x holds numbers, type BIGINT: only texts are read as dates"


def test_odd_texts_are_refused_and_nothing_breaks(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["", "9" * 400, "::", "T", "\u0663", "1e5", "10:00 XYZ"]})
    assert len(ask(tmp_path, name, CHECK, column="x")) == 1
