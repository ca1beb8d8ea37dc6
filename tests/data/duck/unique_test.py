from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.beside_peer import FEW
from tests.data.tables import ask, asked, count, table

CHECK = "expect_column_values_to_be_unique"
DAY = dt.date(2020, 1, 1)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(range(100_000), id="whole numbers without gaps"),
        pytest.param([-5, 3, None, 4], id="whole numbers and a null"),
        pytest.param([1, 2**62, -(2**62)], id="whole numbers far apart"),
        pytest.param(pa.array([0, 2**64 - 1], pa.uint64()), id="unsigned numbers"),
        pytest.param([0.5, None, float("nan"), float("inf")], id="numbers"),
        pytest.param([Decimal("0.1"), Decimal("0.2")], id="decimals"),
        pytest.param([f"user {at}" for at in range(10_000)], id="texts"),
        pytest.param([DAY + dt.timedelta(days=at) for at in range(99)], id="days"),
        pytest.param([[1], [2]], id="lists"),
        pytest.param([], id="nothing"),
        pytest.param([None, None], id="nulls alone"),
    ],
)
def test_values_that_all_differ_pass(tmp_path: Path, values: Any) -> None:
    assert not ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x")


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([*range(100_000), 7], id="whole numbers without gaps"),
        pytest.param([1, 2**62, 1], id="whole numbers far apart"),
        pytest.param([0.0, -0.0], id="the two zeros"),
        pytest.param(["a", "b", "a"], id="texts"),
        pytest.param([DAY, DAY], id="days"),
        pytest.param([[1], [1]], id="lists"),
    ],
)
def test_one_that_repeats_is_counted(tmp_path: Path, values: Any) -> None:
    assert count(ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x")) == 2


@given(values=st.lists(st.none() | st.integers(-9, 9), max_size=9))
@FEW
def test_other_questions_of_the_column_do_not_change_the_answer(
    tmp_path: Path, values: list[int | None]
) -> None:
    name = table(tmp_path, {"x": pa.array(values, pa.int64())})
    beside = ("expect_column_unique_value_count_to_be_between", {"column": "x", "min_value": 99})
    alone = ask(tmp_path, name, CHECK, column="x")
    together, _ = asked(tmp_path, name, (CHECK, {"column": "x"}), beside)
    assert [finding.evidence for finding in alone] == [finding.evidence for finding in together]
