"""Columns of numbers, booleans and dates: great_expectations on pandas says the same of the same file."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.beside_peer import agree
from tests.data.peer import Peer

alike = settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
INF = float("inf")
MOSTLY = st.sampled_from([1.0, 0.5, 0.0])

small = st.integers(-3, 3)
whole = st.lists(small | st.integers(-(2**52), 2**52), max_size=24).map(
    lambda values: pa.array(values, pa.int64())
)
broken = st.lists(
    st.none() | small.map(float) | st.floats(width=64) | st.sampled_from([float("nan"), 0.1, -0.0]),
    max_size=24,
).map(lambda values: pa.array(values, pa.float64()))
near = st.lists(st.none() | st.floats(-5, 5) | small.map(float), max_size=30).map(
    lambda values: pa.array(values, pa.float64())
)
narrow = st.lists(st.none() | st.floats(-5, 5, width=32), max_size=24).map(
    lambda values: pa.array(values, pa.float32())
)
moments = st.lists(
    st.none() | st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1)), max_size=24
).map(lambda values: pa.array(values, pa.timestamp("us")))
booleans = st.lists(st.booleans(), max_size=6).map(lambda values: pa.array(values, pa.bool_()))

NUMBERS = whole | broken | near


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("expect_column_values_to_be_between", {"min_value": -1, "max_value": 2}),
        ("expect_column_values_to_be_between", {"min_value": 0, "strict_min": True}),
        ("expect_column_values_to_be_between", {"max_value": 1.5, "strict_max": True}),
        ("expect_column_values_to_be_in_set", {"value_set": [0, 1, 2.0, "3", None]}),
        ("expect_column_values_to_not_be_in_set", {"value_set": [0, 1, 2.0, "3", None]}),
        ("expect_column_values_to_be_unique", {}),
        ("expect_column_values_to_be_null", {}),
        ("expect_column_values_to_not_be_null", {}),
    ],
)
@alike
@given(values=NUMBERS, mostly=MOSTLY)
def test_of_numbers(
    peer: Peer, kind: str, options: dict[str, Any], values: pa.Array, mostly: float
) -> None:
    agree(peer, values, kind, mostly=mostly, **options)


@pytest.mark.parametrize("way", ["increasing", "decreasing"])
@alike
@given(values=whole | near | moments, strictly=st.booleans(), mostly=MOSTLY)
def test_of_their_order(
    peer: Peer, way: str, values: pa.Array, strictly: bool, mostly: float
) -> None:
    kind = f"expect_column_values_to_be_{way}"
    agree(peer, values, kind, strictly=strictly, mostly=mostly)


def _scatters(column: pa.Array) -> bool:
    """The peer raises on dates where there are no two."""
    return bool(len(column) - column.null_count > 1)


@alike
@given(
    values=whole | near | broken | booleans | moments.filter(_scatters),
    threshold=st.sampled_from([0.5, 1, 1.5, 2, -1]),
    double_sided=st.booleans(),
)
def test_of_z_scores(peer: Peer, values: pa.Array, threshold: float, double_sided: bool) -> None:
    kind = "expect_column_value_z_scores_to_be_less_than"
    agree(peer, values, kind, threshold=threshold, double_sided=double_sided)


@alike
@given(
    values=whole | near | broken,
    method=st.sampled_from(["iqr", "std"]),
    multiplier=st.sampled_from([0, 0.5, 1, 1.5]),
)
def test_of_outliers(peer: Peer, values: pa.Array, method: str, multiplier: float) -> None:
    kind = "expect_column_values_to_not_be_outliers"
    agree(peer, values, kind, method=method, multiplier=multiplier)


@alike
@given(values=whole | broken | booleans)
def test_of_numbers_as_text(peer: Peer, values: pa.Array) -> None:
    for regex in (r"^-?\d+\.0$", "e", "^T|^1$"):
        agree(peer, values, "expect_column_values_to_match_regex", regex=regex)
    agree(peer, values, "expect_column_value_lengths_to_be_between", max_value=4)
    agree(peer, values, "expect_column_values_to_be_json_parseable")


@pytest.mark.parametrize(
    ("values", "members"),
    [
        pytest.param(pa.array([True, False]), [1], id="true is 1"),
        pytest.param(pa.array([True, False]), ["True"], id="but no text"),
        pytest.param(pa.array([1, 0]), [True], id="and 1 is true"),
        pytest.param(pa.array([Decimal("1.5"), Decimal("2.5")]), [1.5], id="decimals"),
    ],
)
def test_of_sets(peer: Peer, values: pa.Array, members: list[Any]) -> None:
    for kind in ("expect_column_values_to_be_in_set", "expect_column_values_to_not_be_in_set"):
        agree(peer, values, kind, value_set=members)


@alike
@given(values=moments)
def test_of_sets_of_dates(peer: Peer, values: pa.Array) -> None:
    members = [str(value) for value in values.to_pylist()[:2] if value]
    kind = "expect_column_values_to_not_be_in_set"
    agree(peer, values, kind, value_set=[*members, "2020-01-31"])


@pytest.mark.parametrize("condition", ["at > 2", "at >= 1 and at != 3"])
@alike
@given(values=near)
def test_of_some_rows(peer: Peer, condition: str, values: pa.Array) -> None:
    asked: dict[str, dict[str, Any]] = {
        "expect_column_values_to_be_between": {"min_value": 0},
        "expect_column_values_to_be_unique": {},
        "expect_column_values_to_be_increasing": {},
        "expect_column_value_z_scores_to_be_less_than": {"threshold": 1, "double_sided": True},
        "expect_column_values_to_not_be_outliers": {"multiplier": 1},
        "expect_column_values_to_match_regex": {"regex": "(?=0)"},
        "expect_column_values_to_not_be_null": {},
    }
    for kind, options in asked.items():
        options |= {"row_condition": condition, "condition_parser": "pandas"}
        agree(peer, values, kind, **options)
