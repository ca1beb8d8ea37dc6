from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smokealarm.errors import FatalError
from tests.data.beside_peer import FEW, both, columns, same_number
from tests.data.peer import Peer
from tests.data.tables import ask, table

CHECK = "expect_column_min_to_be_between"
INF = float("inf")


def test_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=19, max_value=20)


def test_a_real_column_outside_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=20)
    assert finding.message == "the minimum of age is 19, expected at least 20"


@pytest.mark.parametrize(
    ("values", "options", "alarms"),
    [
        pytest.param([1, None, 3], {"min_value": 1, "max_value": 1}, 0, id="nulls do not count"),
        pytest.param([1.0, math.nan], {"min_value": 1}, 0, id="NaN does not count"),
        pytest.param([1, 3], {"min_value": 1, "strict_min": True}, 1, id="a strict end"),
        pytest.param([1.0, -INF], {"min_value": -1e300}, 1, id="an infinity is the smallest"),
        pytest.param([], {"min_value": 0}, 1, id="no values, no minimum"),
        pytest.param([math.nan], {"min_value": 0}, 1, id="only NaN, no minimum"),
        pytest.param(["a", "Z"], {"max_value": "Z"}, 0, id="texts by code point"),
        pytest.param([dt.date(2020, 1, 2)], {"min_value": "2020-01-03"}, 1, id="days"),
    ],
)
def test_which_columns_pass(
    tmp_path: Path, values: Any, options: dict[str, Any], alarms: int
) -> None:
    name = table(tmp_path, {"x": values})
    assert len(ask(tmp_path, name, CHECK, column="x", **options)) == alarms


@given(
    column=columns("whole numbers", "small numbers", "numbers", "booleans"),
    low=st.none() | st.integers(-4, 4),
    width=st.none() | st.integers(0, 9),
    strict=st.booleans(),
)
@FEW
def test_it_says_what_great_expectations_says(
    peer: Peer, column: pa.Array, low: int | None, width: int | None, strict: bool
) -> None:
    high = None if width is None else (low or 0) + width
    theirs, mine = both(
        peer, column, CHECK, min_value=low, max_value=high, strict_min=strict, strict_max=strict
    )
    near = [end for end in (low, high) if end is not None and same_number(theirs.observed, end)]
    assume(not near or theirs.observed in near)  # else the order of adding decides
    assume(not theirs.raised)
    assert theirs.success == mine.success
    assert mine.success or same_number(theirs.observed, mine.observed)


def test_a_bound_of_another_kind_is_told(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": ["7"]}), CHECK, column="x", min_value=0)
    assert (
        "x holds text, type VARCHAR: its minimum does not compare with 0, a number"
        == finding.message
    )


def test_a_bound_that_is_no_date_is_told_with_its_line(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [dt.date(2020, 1, 1)]})
    with pytest.raises(FatalError, match="'soon' is not a date") as told:
        ask(tmp_path, name, CHECK, column="x", max_value="soon")
    assert told.value.place and told.value.place.line == 4


@given(
    column=columns("moments"), low=st.sampled_from(["2019-12-31 17:00:00", "2020-01-01 07:00:00"])
)
@FEW
def test_it_says_of_moments_what_great_expectations_says(
    peer: Peer, column: pa.Array, low: str
) -> None:
    theirs, mine = both(peer, column, CHECK, min_value=low)
    assume(not theirs.raised)
    assert theirs.success == mine.success


@given(column=columns("days"), low=st.sampled_from(["2019-12-31", "2020-01-02"]))
@FEW
def test_it_says_of_days_what_great_expectations_says(
    peer: Peer, column: pa.Array, low: str
) -> None:
    theirs, mine = both(peer, column, CHECK, min_value=low)
    assume(not theirs.raised)
    assert theirs.success == mine.success
