from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.data.beside_peer import FEW, both, columns, same_number
from tests.data.peer import Peer
from tests.data.tables import ask, count, table

CHECK = "expect_column_proportion_of_non_null_values_to_be_between"


def test_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", min_value=1, max_value=1)


def test_a_real_column_outside_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, column="kind", max_value=0.5)
    assert finding.message == "the share of rows with a value of kind is 1, expected at most 0.5"


@pytest.mark.parametrize(
    ("values", "observed"),
    [
        pytest.param([1, 1, 2, None], 0.75, id="nulls do not count"),
        pytest.param([1.0, math.nan], 0.5, id="nor does NaN"),
        pytest.param([], 0, id="nothing has the share 0"),
        pytest.param([[1], None], 0.5, id="lists"),
    ],
)
def test_the_share_is_the_observed_value(tmp_path: Path, values: Any, observed: float) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x", min_value=2)
    assert count(found, "observed_value") == observed


@given(
    column=columns("whole numbers", "numbers", "booleans", "texts", "moments"),
    low=st.none() | st.sampled_from([0, 0.25, 0.5, 1]),
    high=st.none() | st.sampled_from([1, 0.75]),
    strict=st.booleans(),
)
@FEW
def test_it_says_what_great_expectations_says(
    peer: Peer, column: pa.Array, low: float | None, high: float | None, strict: bool
) -> None:
    assume(low is None or high is None or low <= high)
    theirs, mine = both(
        peer, column, CHECK, min_value=low, max_value=high, strict_min=strict, strict_max=strict
    )
    assert theirs.success == mine.success
    assert mine.success or same_number(theirs.observed, mine.observed)
