from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smokealarm.errors import FatalError
from tests.data.beside_peer import FEW, both, columns
from tests.data.peer import Peer
from tests.data.tables import ask, table

CHECK = "expect_column_quantile_values_to_be_between"

INF = math.inf


def ranges(*pairs: tuple[float, Any, Any]) -> dict[str, Any]:
    """Levels with their ends, as the option wants them."""
    return {
        "quantiles": [level for level, _, _ in pairs],
        "value_ranges": [[low, high] for _, low, high in pairs],
    }


def test_the_quantiles_of_a_real_column_pass(real: Path, kind: str) -> None:
    wanted = ranges((0, 19, 19), (0.5, 50, 50), (1, 79, 79))
    assert not ask(real, f"diabetes.{kind}", CHECK, column="age", quantile_ranges=wanted)


def test_a_quantile_outside_is_told(real: Path, kind: str) -> None:
    wanted = ranges((0.5, 51, 60), (1, None, 80))
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, column="age", quantile_ranges=wanted)
    assert finding.message == "age has the quantiles 50 at 0.5, expected 51 to 60"


@pytest.mark.parametrize(
    ("values", "wanted", "method", "alarms"),
    [
        pytest.param([1, None, 3], (0.5, 1, 1), False, 0, id="the nearest, the even one of two"),
        pytest.param([1, 3], (0.5, 2, 2), "linear", 0, id="linear"),
        pytest.param([1, 3], (0.5, 3, 3), "higher", 0, id="higher"),
        pytest.param([1, 3], (0.5, 1, 1), "lower", 0, id="lower"),
        pytest.param([1, 3], (0.4, 2, 2), "midpoint", 0, id="midpoint"),
        pytest.param([1.0, math.nan], (1, 1, 1), False, 0, id="NaN is not the largest"),
        pytest.param([1.0, INF], (1, 0, None), False, 0, id="an open end"),
        pytest.param([1.00009], (1, 0, 1), False, 0, id="near an end is on it"),
        pytest.param([1.0002], (1, 0, 1), False, 1, id="not so near"),
        pytest.param([], (0.5, None, None), False, 1, id="no values, no quantiles"),
        pytest.param(["a"], (0.5, 0, 1), False, 1, id="texts have none"),
        pytest.param([dt.date(2020, 1, 1)], (0.5, "2020-01-01", None), False, 0, id="days"),
        pytest.param([dt.date(2020, 1, 1)], (0.5, "2020-01-02", None), False, 1, id="days outside"),
        pytest.param([dt.date(2020, 1, 1)], (0.5, 1, 2), False, 1, id="days beside numbers"),
    ],
)
def test_which_columns_pass(
    tmp_path: Path, values: Any, wanted: tuple[float, Any, Any], method: Any, alarms: int
) -> None:
    name = table(tmp_path, {"x": values})
    options = {"quantile_ranges": ranges(wanted), "allow_relative_error": method}
    assert len(ask(tmp_path, name, CHECK, column="x", **options)) == alarms


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"quantile_ranges": {"quantiles": [0.5]}}, "not understood"),
        ({"quantile_ranges": {"quantiles": [2], "value_ranges": [[0, 1]]}}, "not understood"),
        ({"quantile_ranges": ranges((0.5, 2, 1))}, "no value lies between"),
        ({"quantile_ranges": ranges((0.5, 0, 1)), "allow_relative_error": "best"}, "no way"),
    ],
)
def test_options_that_cannot_be_meant_are_told(
    tmp_path: Path, options: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(FatalError, match=wrong):
        ask(tmp_path, "not-there.parquet", CHECK, column="x", **options)


@given(
    column=columns("whole numbers", "small numbers", "finite numbers"),
    level=st.sampled_from([0, 0.05, 0.25, 1 / 3, 0.5, 0.9, 1]),
    low=st.integers(-4, 4),
    method=st.sampled_from([False, "linear", "lower", "higher", "midpoint", "nearest"]),
)
@FEW
def test_it_says_what_great_expectations_says(
    peer: Peer, column: pa.Array, level: float, low: int, method: Any
) -> None:
    options = {"quantile_ranges": ranges((level, low, None)), "allow_relative_error": method}
    theirs, mine = both(peer, column, CHECK, **options)
    assert theirs.success == mine.success
    if not mine.success and theirs.observed["values"][0] is None:
        assert mine.observed == "None"
    elif not mine.success and theirs.observed["values"][0] == theirs.observed["values"][0]:
        assert float(mine.observed) == pytest.approx(theirs.observed["values"][0], nan_ok=True)
