from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "expect_column_values_to_not_be_outliers"


def test_a_real_column_passes_with_wide_fences(real: Path, kind: str) -> None:
    assert not ask(real, f"diabetes.{kind}", CHECK, column="bmi", multiplier=3)


def test_an_outlier_is_counted_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": [*range(30), 9999], "y": [*range(31)]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x")
    assert "1 of 31 values is an outlier by 1.5 distances of the quartiles" in finding.message
    assert "row 31: 9999" in finding.message


@pytest.mark.parametrize(
    ("values", "options", "outside"),
    [
        pytest.param([1, 2, 3, 4, 7], {}, 0, id="a value on the fence is inside"),
        pytest.param([1, 2, 3, 4, 7.1], {}, 1, id="one beyond it is not"),
        pytest.param([0.0, 0.0, 3.0], {"method": "std", "multiplier": 1}, 1, id="std"),
        pytest.param([1.0] * 9, {"method": "std"}, 0, id="equal values are no outliers"),
        pytest.param(
            [1.0, 2.0, float("inf")], {"method": "std"}, 0, id="an infinity has no deviation"
        ),
        pytest.param([True] * 9 + [False], {}, 1, id="booleans"),
        pytest.param([0.0, 1.0, float("nan")], {"multiplier": 0}, 2, id="NaN does not count"),
    ],
)
def test_what_an_outlier_is(
    tmp_path: Path, values: list[Any], options: dict[str, Any], outside: int
) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x", **options)
    assert (count(found) if found else 0) == outside


def test_a_negative_multiplier_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="no multiple"):
        ask(tmp_path, "x.csv", CHECK, column="x", multiplier=-1)
