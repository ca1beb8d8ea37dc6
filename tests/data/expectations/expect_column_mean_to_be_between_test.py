from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.data.beside_peer import FEW, both, columns, same_number
from tests.data.peer import Peer
from tests.data.tables import ask, count, table

CHECK = "expect_column_mean_to_be_between"


def test_a_mean_in_its_range_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=48, max_value=49)


def test_a_mean_outside_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, column="age", min_value=50, max_value=60)
    assert finding.message == "the mean of age is 48.5181, expected between 50 and 60"
    assert finding.evidence["observed_value"] == pytest.approx(48.518099547511314)


@pytest.mark.parametrize(
    ("values", "options", "alarms"),
    [
        pytest.param([1, None, 3], {"min_value": 2, "max_value": 2}, 0, id="nulls do not count"),
        pytest.param([1.0, float("nan")], {"max_value": 1}, 0, id="NaN does not count"),
        pytest.param([1, 3], {"min_value": 2, "strict_min": True}, 1, id="a strict end"),
        pytest.param([True, False], {"min_value": 0.5, "max_value": 0.5}, 0, id="booleans"),
        pytest.param([1.0, float("inf")], {"max_value": 1e9}, 1, id="an infinity"),
        pytest.param([float("-inf"), float("inf")], {"max_value": 9}, 1, id="both infinities"),
        pytest.param([None, 2.0][:1], {"min_value": 0}, 1, id="no values, no mean"),
        pytest.param([2**63 - 1, 2**63 - 1], {"min_value": 9e18}, 0, id="a sum beyond 64 bits"),
    ],
)
def test_which_means_pass(
    tmp_path: Path, values: list[Any], options: dict[str, Any], alarms: int
) -> None:
    name = table(tmp_path, {"x": values})
    assert len(ask(tmp_path, name, CHECK, column="x", **options)) == alarms


def test_a_text_has_no_mean(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": ["1"]}), CHECK, column="x", min_value=0)
    assert finding.message == "x holds text, type VARCHAR: it has no mean"


def test_the_evidence_holds_the_mean(tmp_path: Path) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": [1, 2]}), CHECK, column="x", max_value=1)
    assert count(found, "observed_value") == 1.5


@given(
    column=columns("whole numbers", "small numbers", "numbers", "decimals", "booleans"),
    low=st.none() | st.integers(-4, 4),
    high=st.none() | st.integers(4, 9),
    strict=st.booleans(),
)
@FEW
def test_it_says_what_great_expectations_says(
    peer: Peer, column: pa.Array, low: int | None, high: int | None, strict: bool
) -> None:
    theirs, mine = both(
        peer, column, CHECK, min_value=low, max_value=high, strict_min=strict, strict_max=strict
    )
    near = [end for end in (low, high) if end is not None and same_number(theirs.observed, end)]
    assume(not near or theirs.observed in near)  # else the order of adding decides
    assume(not theirs.raised)
    assert theirs.success == mine.success
    assert mine.success or same_number(theirs.observed, mine.observed)


@given(
    column=columns("moments"), low=st.sampled_from(["2019-12-31 17:00:00", "2020-01-01 07:00:00"])
)
@FEW
def test_it_says_of_moments_what_great_expectations_says(
    peer: Peer, column: pa.Array, low: str
) -> None:
    theirs, mine = both(peer, column, CHECK, min_value=low)
    assume(not theirs.raised)
    assert theirs.success == mine.success
