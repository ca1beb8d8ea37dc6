from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.data.beside_peer import FEW, both, columns, same_number
from tests.data.peer import Peer
from tests.data.tables import ask, table

CHECK = "expect_column_median_to_be_between"
INF = float("inf")


def test_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=50, max_value=50)


def test_a_real_column_outside_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=51)
    assert finding.message == "the median of age is 50, expected at least 51"


@pytest.mark.parametrize(
    ("values", "options", "alarms"),
    [
        pytest.param([1, None, 3], {"min_value": 2, "max_value": 2}, 0, id="nulls do not count"),
        pytest.param(
            [1.0, math.nan, 2.0, math.nan], {"max_value": 1.5}, 0, id="NaN does not count"
        ),
        pytest.param([1, 2, 9], {"min_value": 2, "max_value": 2}, 0, id="the one in the middle"),
        pytest.param(
            [1, 2, 4, 9], {"min_value": 3, "max_value": 3}, 0, id="the mean of the middle two"
        ),
        pytest.param([True, False], {"min_value": 0.5, "max_value": 0.5}, 0, id="booleans"),
        pytest.param([1.0, INF, INF], {"max_value": 9}, 1, id="an infinite median"),
        pytest.param([-INF, INF], {"max_value": 9}, 1, id="nothing between the infinities"),
        pytest.param([], {"min_value": 0}, 1, id="no values, no median"),
        pytest.param(
            [Decimal("0.1"), Decimal("0.2")],
            {"min_value": 0.14, "max_value": 0.16},
            0,
            id="decimals",
        ),
        pytest.param(
            [dt.date(2020, 1, 1), dt.date(2020, 1, 2)],
            {"max_value": "2020-01-01 11:59:00"},
            1,
            id="days",
        ),
    ],
)
def test_which_columns_pass(
    tmp_path: Path, values: Any, options: dict[str, Any], alarms: int
) -> None:
    name = table(tmp_path, {"x": values})
    assert len(ask(tmp_path, name, CHECK, column="x", **options)) == alarms


@given(
    column=columns("whole numbers", "small numbers", "numbers"),
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


def test_a_column_without_such_a_number_is_told(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": ["1"]}), CHECK, column="x", min_value=0)
    assert finding.message == "x holds text, type VARCHAR: it has no median"
