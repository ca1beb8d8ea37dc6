from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.beside_peer import FEW, VALUES, both, columns
from tests.data.peer import Peer
from tests.data.tables import ask, table

CHECK = "expect_column_most_common_value_to_be_in_set"


def test_the_most_common_value_of_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"digits.{kind}", CHECK, column="label", value_set=[3, 5])


def test_another_most_common_value_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"digits.{kind}", CHECK, column="label", value_set=[1])
    assert finding.message == (
        "label: the most common value is 3 (183 rows), which is not in the set"
    )


@pytest.mark.parametrize(
    ("values", "wanted", "ties_okay", "alarms"),
    [
        pytest.param(["a", "a", None, None, None], ["a"], None, 0, id="nulls do not count"),
        pytest.param([1.0, math.nan, math.nan], [1], None, 0, id="nor does NaN"),
        pytest.param(["a", "b"], ["a", "b"], False, 1, id="a tie"),
        pytest.param(["a", "b"], ["b"], True, 0, id="a tie that is allowed"),
        pytest.param(["a", "b"], ["c"], True, 1, id="a tie without a member"),
        pytest.param([], ["a"], True, 1, id="no values"),
        pytest.param([dt.date(2020, 1, 1)], ["2020-01-01"], None, 0, id="days"),
    ],
)
def test_which_columns_pass(
    tmp_path: Path, values: Any, wanted: list[Any], ties_okay: bool | None, alarms: int
) -> None:
    name = table(tmp_path, {"x": values})
    options = {"column": "x", "value_set": wanted, "ties_okay": ties_okay}
    assert len(ask(tmp_path, name, CHECK, **options)) == alarms


def test_a_tie_is_told(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["a", "b"]})
    (finding,) = ask(tmp_path, name, CHECK, column="x", value_set=["a"])
    assert finding.message == (
        "x: 2 values are equally common (1 rows each), of which some are in the set: 'a', 'b'"
    )


@given(
    drawn=st.sampled_from(["whole numbers", "numbers", "booleans", "texts"]).flatmap(
        lambda kind: st.tuples(columns(kind), st.lists(VALUES[kind][1], max_size=6))
    ),
    ties_okay=st.none() | st.booleans(),
)
@FEW
def test_it_says_what_great_expectations_says(
    peer: Peer, drawn: tuple[pa.Array, list[Any]], ties_okay: bool | None
) -> None:
    column, wanted = drawn
    wanted = [value for value in wanted if value == value]  # NaN is no member of a set
    theirs, mine = both(peer, column, CHECK, value_set=wanted, ties_okay=ties_okay)
    assert theirs.success == mine.success
