from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.data.beside_peer import FEW, both, columns, same_number
from tests.data.peer import Peer
from tests.data.tables import ask, table

CHECK = "expect_column_stdev_to_be_between"
INF = float("inf")


def test_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=13, max_value=14)


def test_a_real_column_outside_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=14)
    assert finding.message == "the standard deviation of age is 13.109, expected at least 14"


@pytest.mark.parametrize(
    ("values", "options", "alarms"),
    [
        pytest.param(
            [1, None, 3], {"min_value": 1.41, "max_value": 1.42}, 0, id="of a sample, without nulls"
        ),
        pytest.param([1.0, 1.0, math.nan], {"max_value": 0}, 0, id="NaN does not count"),
        pytest.param([5], {"min_value": 0}, 1, id="one value has none"),
        pytest.param([1.0, INF], {"min_value": 0}, 1, id="infinities have none"),
        pytest.param([1e200, -1e200], {"max_value": 1e9}, 1, id="squares that overflow"),
        pytest.param([True, False], {"min_value": 0.7, "max_value": 0.71}, 0, id="booleans"),
        pytest.param(
            [10**15 + 1, 10**15 + 3], {"min_value": 1.41, "max_value": 1.42}, 0, id="far from zero"
        ),
    ],
)
def test_which_columns_pass(
    tmp_path: Path, values: Any, options: dict[str, Any], alarms: int
) -> None:
    name = table(tmp_path, {"x": values})
    assert len(ask(tmp_path, name, CHECK, column="x", **options)) == alarms


@given(
    column=columns("whole numbers", "small numbers", "numbers", "decimals"),
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
    (finding,) = ask(
        tmp_path, table(tmp_path, {"x": [dt.date(2020, 1, 1)]}), CHECK, column="x", min_value=0
    )
    assert finding.message == "x holds dates, type DATE: it has no standard deviation"


@pytest.mark.parametrize("last", [-1, 0, 1])
def test_the_last_digit_of_a_bound_is_no_alarm(tmp_path: Path, last: int) -> None:
    """Profilers write the exact value for both bounds, and its last digit depends on who adds up."""
    exact = 0.12909944487358058  # of 0.1 to 0.4
    bound = exact if not last else math.nextafter(exact, exact + last)
    name = table(tmp_path, {"x": [0.1, 0.2, 0.3, 0.4]})
    assert not ask(tmp_path, name, CHECK, column="x", min_value=bound, max_value=bound)


def test_more_than_the_last_digits_is_told(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [0.1, 0.2, 0.3, 0.4]})
    assert len(ask(tmp_path, name, CHECK, column="x", max_value=0.1290994448)) == 1
