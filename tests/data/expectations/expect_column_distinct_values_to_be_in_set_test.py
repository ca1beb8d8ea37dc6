from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.data.beside_peer import FEW, VALUES, both, columns
from tests.data.peer import Peer
from tests.data.tables import ask, table

CHECK = "expect_column_distinct_values_to_be_in_set"


def test_a_real_column_passes(real: Path, kind: str) -> None:
    wanted = ["setosa", "versicolor", "virginica"]
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", value_set=wanted)


def test_a_real_column_that_differs_is_told(real: Path, kind: str) -> None:
    wanted = ["setosa", "versicolor", "daisy"]
    (finding,) = ask(real, f"iris.{kind}", CHECK, column="kind", value_set=wanted)
    assert finding.message == "kind has 1 value that is not in the set: 'virginica'"


@pytest.mark.parametrize(
    ("values", "wanted", "alarms"),
    [
        pytest.param(["a", "b"], ["b", "a"], 0, id="in any order"),
        pytest.param(["a", None], ["a"], 0, id="nulls do not count"),
        pytest.param(["a"], ["a", None], 0, id="a null in the set means nothing"),
        pytest.param([1.0, math.nan], [1], 0, id="NaN does not count"),
        pytest.param([1, 2], [1.0, 2.0], 0, id="1 and 1.0 are the same"),
        pytest.param([True, False], [1, 0], 0, id="true is 1"),
        pytest.param([1], ["1"], 1, id="numbers and texts differ"),
        pytest.param([dt.date(2020, 1, 1)], ["2020-01-01"], 0, id="days"),
        pytest.param([dt.datetime(2020, 1, 1)], ["2020-01-01"], 0, id="moments"),
        pytest.param([[1]], ["[1]"], 0, id="lists"),
        pytest.param(["a", "z"], ["a"], 1, id="another value"),
        pytest.param(["a"], ["a", "z"], 0, id="a member may be absent"),
        pytest.param([], ["a"], 0, id="no values"),
        pytest.param(["a"], [], 1, id="an empty set"),
    ],
)
def test_which_columns_pass(tmp_path: Path, values: Any, wanted: list[Any], alarms: int) -> None:
    name = table(tmp_path, {"x": values})
    assert len(ask(tmp_path, name, CHECK, column="x", value_set=wanted)) == alarms


@given(
    drawn=st.sampled_from(["whole numbers", "numbers", "booleans", "texts"]).flatmap(
        lambda kind: st.tuples(columns(kind), st.lists(VALUES[kind][1], max_size=6))
    )
)
@FEW
def test_it_says_what_great_expectations_says(
    peer: Peer, drawn: tuple[pa.Array, list[Any]]
) -> None:
    column, wanted = drawn
    wanted = [value for value in wanted if value == value]  # NaN is no member of a set
    theirs, mine = both(peer, column, CHECK, value_set=wanted)
    assume(not theirs.raised)  # it takes no empty set
    assert theirs.success == mine.success


def test_it_counts_as_great_expectations_counts(peer: Peer, tmp_path: Path) -> None:
    column = pa.array(["a", "b", "c", None, "a"])
    theirs, mine = both(peer, column, CHECK, value_set=["a", "d"])
    assert theirs.counts == mine.counts


def test_no_set_lets_every_value_pass(tmp_path: Path) -> None:
    """Profilers of great_expectations before 1.0 wrote it so, for every column."""
    name = table(tmp_path, {"x": [1, 2]})
    assert not ask(tmp_path, name, CHECK, column="x", value_set=None)
    assert len(ask(tmp_path, name, CHECK, column="y", value_set=None)) == 1
