from __future__ import annotations

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

CHECK = "expect_column_sum_to_be_between"
INF = float("inf")


def test_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=21000, max_value=22000)


def test_a_real_column_outside_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=22000)
    assert finding.message == "the sum of age is 21445, expected at least 22000"


@pytest.mark.parametrize(
    ("values", "options", "alarms"),
    [
        pytest.param([1, None, 3], {"min_value": 4, "max_value": 4}, 0, id="nulls do not count"),
        pytest.param([1.0, math.nan], {"max_value": 1}, 0, id="NaN does not count"),
        pytest.param([], {"min_value": 0, "max_value": 0}, 0, id="nothing adds up to 0"),
        pytest.param([None], {"min_value": 1}, 1, id="nulls add up to 0"),
        pytest.param(
            [2**63 - 1, 2**63 - 1],
            {"min_value": 2**64 - 2, "max_value": 2**64 - 2},
            0,
            id="beyond 64 bits",
        ),
        pytest.param(
            [Decimal("0.1")] * 3, {"min_value": 0.3, "max_value": 0.3}, 0, id="decimals are exact"
        ),
        pytest.param([Decimal("9" * 38)] * 2, {"min_value": 1e38}, 0, id="decimals of 38 digits"),
        pytest.param([1.0, INF], {"max_value": 1e300}, 1, id="an infinity"),
        pytest.param([-INF, INF], {"max_value": 9}, 1, id="both infinities"),
        pytest.param([True, True], {"min_value": 2, "max_value": 2}, 0, id="booleans"),
    ],
)
def test_which_columns_pass(
    tmp_path: Path, values: Any, options: dict[str, Any], alarms: int
) -> None:
    name = table(tmp_path, {"x": values})
    assert len(ask(tmp_path, name, CHECK, column="x", **options)) == alarms


@given(
    column=columns("whole numbers", "small numbers", "numbers", "decimals", "booleans"),
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
    assert finding.message == "x holds text, type VARCHAR: it has no sum"


def test_rows_that_are_not_meant_are_left_out(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [1, 2, 4], "y": ["a", "b", "b"]})
    (finding,) = ask(
        tmp_path,
        name,
        CHECK,
        column="x",
        max_value=1,
        row_condition='y == "b"',
        condition_parser="pandas",
    )
    assert finding.evidence["observed_value"] == 6
