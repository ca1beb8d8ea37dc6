from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, table

CHECK = "expect_column_values_to_match_strftime_format"


def test_dates_of_the_format_pass(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": ["31.01.2020", "1.2.2020", None], "y": [1, 2, 3]}, kind)
    assert not ask(tmp_path, name, CHECK, column="x", strftime_format="%d.%m.%Y")


def test_other_texts_are_counted_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": ["31.01.2020", "2020/01/31", "31.02.2020"], "y": [1, 2, 3]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x", strftime_format="%d.%m.%Y")
    assert "2 of 3 values are not of the format %d.%m.%Y (66.7 %)" in finding.message
    assert "row 2: '2020/01/31'" in finding.message


@pytest.mark.parametrize("broken", ["%D", "%"])
def test_a_format_that_reads_nothing_is_told(tmp_path: Path, broken: str) -> None:
    with pytest.raises(FatalError, match="reads nothing"):
        ask(tmp_path, "x.csv", CHECK, column="x", strftime_format=broken)


def test_a_column_of_dates_has_no_format(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [dt.date(2020, 1, 1)]})
    (finding,) = ask(tmp_path, name, CHECK, column="x", strftime_format="%Y")
    assert "only texts have a format" in finding.message
