from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import ask, asked, count, table

CHECK = "expect_column_chisquare_test_p_value_to_be_greater_than"

SPECIES = {"values": ["setosa", "versicolor", "virginica"], "weights": [0.33, 0.33, 0.34]}


def test_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", partition_object=SPECIES)


def test_other_shares_are_told(real: Path, kind: str) -> None:
    shares = {**SPECIES, "weights": [0.5, 0.25, 0.25]}
    (finding,) = ask(real, f"iris.{kind}", CHECK, column="kind", partition_object=shares)
    assert finding.message == (
        "kind: the shares of its values are not the expected ones "
        "(p-value 0.00024, expected above 0.05)"
    )


def test_the_p_value_is_scipy_s(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["a"] * 40 + ["b"] * 60})
    shares = {"values": ["a", "b"], "weights": [0.5, 0.5]}
    found = ask(tmp_path, name, CHECK, column="x", partition_object=shares)
    assert count(found, "observed_value") == pytest.approx(stats.chisquare([40, 60]).pvalue)


def test_the_weight_of_the_tail_is_for_values_that_are_not_listed(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["a"] * 90 + ["y"] * 5 + ["z"] * 5})
    shares = {"values": ["a"], "weights": [1]}
    options = {"column": "x", "partition_object": shares}
    assert not ask(tmp_path, name, CHECK, **options, tail_weight_holdout=0.1)
    (finding,) = ask(tmp_path, name, CHECK, **options)
    assert "it holds values that nobody expected (p-value 0," in finding.message


def test_too_few_rows_are_said_to_be_so(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["a", "b"]})
    shares = {"values": ["a", "b"], "weights": [0.9, 0.1]}
    with pytest.raises(Inconclusive, match="x has 2 values, too few") as told:
        ask(tmp_path, name, CHECK, column="x", partition_object=shares)
    assert "It takes 50." in told.value.remedy


def test_healthy_data_alarms_as_often_as_p_says(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = {f"x{at}": random.choice(["a", "b", "c"], 300, p=[0.5, 0.3, 0.2]) for at in range(200)}
    shares = {"values": ["a", "b", "c"], "weights": [0.5, 0.3, 0.2]}
    asks = [(CHECK, {"column": name, "partition_object": shares}) for name in rows]
    alarms = sum(map(len, asked(tmp_path, table(tmp_path, rows), *asks)))
    assert 2 <= alarms <= 20  # 10 are expected; outside of this once in a thousand


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"partition_object": {"bins": [0, 1], "weights": [1]}}, "values with weights"),
        ({"partition_object": SPECIES, "p": 0.0}, "no p-value"),
        ({"partition_object": SPECIES, "tail_weight_holdout": -1}, "no share"),
    ],
)
def test_options_that_cannot_be_meant_are_told(
    tmp_path: Path, options: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(FatalError, match=wrong):
        ask(tmp_path, "not-there.parquet", CHECK, column="x", **options)
