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

CHECK = "expect_column_unique_value_count_to_be_between"


def test_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=50, max_value=60)


def test_a_real_column_outside_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=70)
    assert finding.message == "the number of different values of age is 58, expected at least 70"


@pytest.mark.parametrize(
    ("values", "options", "alarms"),
    [
        pytest.param([1, None, 1], {"min_value": 1, "max_value": 1}, 0, id="nulls do not count"),
        pytest.param([1.0, math.nan], {"max_value": 1}, 0, id="NaN does not count"),
        pytest.param([0.0, -0.0], {"max_value": 1}, 0, id="zeros are the same"),
        pytest.param([], {"max_value": 0}, 0, id="nothing has none"),
        pytest.param(["a", "A", "ä"], {"min_value": 3}, 0, id="texts differ by case"),
        pytest.param([dt.date(2020, 1, 1)], {"min_value": 1, "max_value": 1}, 0, id="days"),
        pytest.param([[1], [1], [2]], {"min_value": 3}, 1, id="lists"),
    ],
)
def test_which_columns_pass(
    tmp_path: Path, values: Any, options: dict[str, Any], alarms: int
) -> None:
    name = table(tmp_path, {"x": values})
    assert len(ask(tmp_path, name, CHECK, column="x", **options)) == alarms


@given(
    column=columns(
        "whole numbers",
        "small numbers",
        "numbers",
        "decimals",
        "booleans",
        "texts",
        "moments",
        "days",
    ),
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
