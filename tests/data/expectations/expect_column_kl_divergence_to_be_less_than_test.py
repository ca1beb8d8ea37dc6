from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from smokealarm.errors import FatalError
from tests.data.beside_peer import FEW, both, columns, same_number
from tests.data.peer import Peer
from tests.data.tables import ask, table

CHECK = "expect_column_kl_divergence_to_be_less_than"

INF = math.inf
SPECIES = {"values": ["setosa", "versicolor", "virginica"], "weights": [1 / 3, 1 / 3, 1 / 3]}


def test_a_real_column_of_categories_passes(real: Path, kind: str) -> None:
    options = {"partition_object": SPECIES, "threshold": 0.001}
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", **options)


def test_a_real_column_of_numbers_is_told(real: Path, kind: str) -> None:
    options = {"partition_object": {"bins": [0, 50, 100], "weights": [0.9, 0.1]}, "threshold": 0.1}
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, column="age", **options)
    assert finding.message == "age diverges from what is expected by 0.5461, at most 0.1 is right"
    assert finding.evidence["expected_weights"] == "0, 0.9, 0.1, 0"


@pytest.mark.parametrize(
    ("values", "options", "alarms"),
    [
        pytest.param(
            ["a", "b", None], {"values": ["a", "b"], "weights": [0.5, 0.5]}, 0, id="nulls"
        ),
        pytest.param(["a", "z"], {"values": ["a"], "weights": [1]}, 1, id="a stranger"),
        pytest.param(["a"], {"values": ["a", "b"], "weights": [0.9, 0.1]}, 1, id="a lost value"),
        pytest.param(
            [1.0, 9.0], {"bins": [0, 5, 9], "weights": [0.5, 0.5]}, 0, id="both last edges"
        ),
        pytest.param(
            [5.0, 9.5], {"bins": [0, 5, 9], "weights": [0.5, 0.5]}, 1, id="above the bins"
        ),
        pytest.param(
            [-INF, 1.0], {"bins": [-INF, 0, 5], "weights": [0.5, 0.5]}, 0, id="to infinity"
        ),
        pytest.param([1.0, math.nan], {"bins": [0, 5], "weights": [1]}, 0, id="NaN does not count"),
        pytest.param([], {"values": ["a"], "weights": [1]}, 1, id="no values"),
        pytest.param(["a"], {"bins": [0, 5], "weights": [1]}, 1, id="texts fall into no bins"),
    ],
)
def test_which_columns_pass(
    tmp_path: Path, values: Any, options: dict[str, Any], alarms: int
) -> None:
    name = table(tmp_path, {"x": values})
    found = ask(tmp_path, name, CHECK, column="x", partition_object=options, threshold=0.05)
    assert len(found) == alarms


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"partition_object": {"weights": [1]}}, "no distribution"),
        ({"partition_object": {"values": ["a"], "weights": [0.5]}}, "no distribution"),
        ({"partition_object": {"bins": [1, 0], "weights": [1]}}, "no distribution"),
        (
            {"partition_object": {"bins": [0, 1], "weights": [1]}, "bucketize_data": False},
            "bins need",
        ),
        ({"partition_object": SPECIES, "internal_weight_holdout": 0.1}, "no bins between"),
        ({"partition_object": SPECIES, "tail_weight_holdout": 2}, "no share"),
        ({"partition_object": SPECIES, "threshold": -1}, "below 0"),
    ],
)
def test_options_that_cannot_be_meant_are_told(
    tmp_path: Path, options: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(FatalError, match=wrong):
        ask(tmp_path, "not-there.parquet", CHECK, column="x", **options)


def weights(count: int) -> SearchStrategy[list[float]]:
    """So many shares that add up to 1, some of them 0."""
    drawn = st.lists(st.integers(0, 4), min_size=count, max_size=count).filter(any)
    return drawn.map(lambda parts: [part / sum(parts) for part in parts])


@given(
    column=columns("texts", min_size=1),
    shares=weights(3),
    tail=st.sampled_from([0, 0.1]),
    threshold=st.sampled_from([0.01, 0.5, 2]),
)
@FEW
def test_it_says_of_categories_what_great_expectations_says(
    peer: Peer, column: pa.Array, shares: list[float], tail: float, threshold: float
) -> None:
    theirs, mine = both(
        peer,
        column,
        CHECK,
        partition_object={"values": ["a", "b", "ä"], "weights": shares},
        tail_weight_holdout=tail,
        threshold=threshold,
    )
    assume(not theirs.raised)
    assert theirs.success == mine.success
    assert mine.success or same_number(theirs.observed, mine.observed)


@given(
    column=columns("finite numbers", "whole numbers", "small numbers", min_size=1),
    edges=st.sampled_from([[-2, 0, 1], [-INF, 0, 2.5], [-2, 0.5, INF], [-INF, 0, INF]]),
    shares=weights(2),
    tail=st.sampled_from([0, 0.1]),
    internal=st.sampled_from([0, 0.1]),
)
@FEW
def test_it_says_of_bins_what_great_expectations_says(
    peer: Peer,
    column: pa.Array,
    edges: list[float],
    shares: list[float],
    tail: float,
    internal: float,
) -> None:
    assume(not (tail and edges[0] == -INF and edges[-1] == INF))
    theirs, mine = both(
        peer,
        column,
        CHECK,
        partition_object={"bins": edges, "weights": shares},
        tail_weight_holdout=tail,
        internal_weight_holdout=internal,
        threshold=0.3,
    )
    assume(not theirs.raised)
    assert theirs.success == mine.success
    assert mine.success or same_number(theirs.observed, mine.observed)
