from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "expect_column_values_to_not_be_in_set"


def test_a_real_column_without_the_values_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"digits.{kind}", CHECK, column="label", value_set=[-1, 10, "nine"])


def test_values_of_the_set_are_counted_and_shown(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"digits.{kind}", CHECK, column="label", value_set=[9])
    assert "180 of 1,797 values are a value that must not be there (10.0 %)" in finding.message


@pytest.mark.parametrize(
    ("values", "members", "faulty"),
    [
        pytest.param(["1", "a"], [1], 0, id="a text is no number"),
        pytest.param([1, 2], ["1"], 0, id="a number is no text"),
        pytest.param([1.0, None], [1, None], 1, id="1 is 1.0, and a null does not count"),
        pytest.param([1, 2], [], 0, id="an empty set"),
        pytest.param([dt.date(2020, 1, 31)], ["2020-01-31"], 1, id="dates"),
        pytest.param(["it's"], ["it's"], 1, id="quotes"),
    ],
)
def test_what_is_in_the_set(
    tmp_path: Path, values: list[Any], members: list[Any], faulty: int
) -> None:
    name = table(tmp_path, {"x": values})
    found = ask(tmp_path, name, CHECK, column="x", value_set=members)
    assert (count(found) if found else 0) == faulty


def test_a_member_that_is_no_date_is_told_where_the_column_holds_dates(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [dt.date(2020, 1, 1)]})
    with pytest.raises(FatalError, match="'2020-13-01' is not a date"):
        ask(tmp_path, name, CHECK, column="x", value_set=["2020-13-01"])
