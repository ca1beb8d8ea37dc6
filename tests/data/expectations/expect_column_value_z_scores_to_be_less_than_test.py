from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "expect_column_value_z_scores_to_be_less_than"


def test_ages_of_a_real_table_lie_near_their_mean(real: Path, kind: str) -> None:
    assert not ask(real, f"diabetes.{kind}", CHECK, column="age", threshold=3)


def test_a_sentinel_is_counted_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": [*range(30), 9999], "y": [*range(31)]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x", threshold=5)
    assert finding.message.startswith(
        "x: 1 of 31 values is 5 standard deviations or more from the mean (3.2 %), "
        "first at row 31: 9999"
    )


@pytest.mark.parametrize(("double_sided", "faulty"), [(True, 1), (False, 0)])
def test_one_side_is_enough_where_it_is_asked_for(
    tmp_path: Path, double_sided: bool, faulty: int
) -> None:
    name = table(tmp_path, {"x": [*range(30), -9999]})
    options = {"threshold": 5, "double_sided": double_sided}
    assert len(ask(tmp_path, name, CHECK, column="x", **options)) == faulty


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1.0], id="one value"),
        pytest.param([0.1] * 30, id="equal values"),
        pytest.param([1.0, 2.0, float("inf")], id="an infinity"),
        pytest.param([None, float("nan")], id="none"),
    ],
)
def test_without_a_deviation_nothing_is_far(tmp_path: Path, values: list[float]) -> None:
    assert not ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x", threshold=0.1)


def test_nan_in_parquet_does_not_count(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [0.0, 1.0, float("nan")]})
    assert count(ask(tmp_path, name, CHECK, column="x", threshold=0.5)) == 2


def test_a_text_has_no_z_score(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": ["a"]}), CHECK, column="x", threshold=3)
    assert finding.message == (
        "x holds text, type VARCHAR: only numbers and dates lie far from others"
    )


def test_a_threshold_of_nan_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="no number of deviations"):
        ask(tmp_path, "x.csv", CHECK, column="x", threshold=float("nan"))
