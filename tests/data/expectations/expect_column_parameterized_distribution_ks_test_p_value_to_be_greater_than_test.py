from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from sklearn.datasets import load_diabetes

from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import ask, asked, table

CHECK = "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than"

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("distribution", "params", "values"),
    [
        ("norm", {"mean": 5, "std_dev": 2}, RANDOM.normal(5, 2, 500)),
        ("norm", [5, 2], RANDOM.normal(5, 2, 500)),
        ("norm", None, RANDOM.normal(0, 1, 500)),
        ("uniform", {"min": 10, "max": 30}, RANDOM.uniform(10, 30, 500)),
        ("uniform", [10, 20], RANDOM.uniform(10, 30, 500)),
        ("expon", {"scale": 4}, RANDOM.exponential(4, 500)),
        ("gamma", {"alpha": 3}, RANDOM.gamma(3, 1, 500)),
        ("beta", {"alpha": 2, "beta": 3}, RANDOM.beta(2, 3, 500)),
        ("chi2", {"df": 4}, RANDOM.chisquare(4, 500)),
    ],
)
def test_a_column_of_the_distribution_passes(
    tmp_path: Path, distribution: str, params: Any, values: Any
) -> None:
    name = table(tmp_path, {"x": values})
    options = {"distribution": distribution, "params": params, "p_value": 0.001}
    assert not ask(tmp_path, name, CHECK, column="x", **options)


def test_another_distribution_is_told_with_scipy_s_p_value(real: Path, kind: str) -> None:
    options = {"distribution": "norm", "params": {"mean": 45, "std_dev": 13}}
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, column="age", **options)
    expected = stats.kstest(load_diabetes(scaled=False).data[:, 0], "norm", (45, 13))
    assert finding.evidence["observed_value"] == pytest.approx(expected.pvalue)
    assert finding.message.startswith("age: its values do not follow norm(45.0, 13.0) (p-value ")


def test_nulls_and_nan_do_not_count(tmp_path: Path) -> None:
    values = [*np.linspace(0.01, 0.99, 50), None, float("nan")]
    assert not ask(
        tmp_path, table(tmp_path, {"x": values}), CHECK, column="x", distribution="uniform"
    )


def test_texts_follow_no_distribution(tmp_path: Path) -> None:
    (finding,) = ask(
        tmp_path, table(tmp_path, {"x": ["a"]}), CHECK, column="x", distribution="norm"
    )
    assert finding.message == "x holds text, type VARCHAR: only numbers follow such a distribution"


@pytest.mark.parametrize(("values", "wrong"), [([], "no values"), ([0.5], "1 values, too few")])
def test_too_few_rows_are_said_to_be_so(tmp_path: Path, values: list[float], wrong: str) -> None:
    name = table(tmp_path, {"x": pa.array(values, pa.float64())})
    with pytest.raises(Inconclusive, match=wrong):
        ask(tmp_path, name, CHECK, column="x", distribution="uniform")


def test_healthy_data_alarms_as_often_as_p_says(tmp_path: Path) -> None:
    rows = {f"x{at}": np.random.default_rng(at).normal(size=100) for at in range(200)}
    asks = [(CHECK, {"column": name, "distribution": "norm"}) for name in rows]
    alarms = sum(map(len, asked(tmp_path, table(tmp_path, rows), *asks)))
    assert 2 <= alarms <= 20  # 10 are expected; outside of this once in a thousand


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"distribution": "cauchy"}, "not known"),
        ({"distribution": "beta", "params": {"alpha": 1}}, "beta is missing"),
        ({"distribution": "norm", "params": [0, 0]}, "std_dev is not above 0"),
        ({"distribution": "norm", "params": {"sigma": 1}}, "there is no sigma"),
        ({"distribution": "norm", "params": [0, 1, 2]}, "there is no parameter 3"),
        ({"distribution": "norm", "p_value": 1.0}, "no p-value"),
    ],
)
def test_options_that_cannot_be_meant_are_told(
    tmp_path: Path, options: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(FatalError, match=wrong):
        ask(tmp_path, "not-there.parquet", CHECK, column="x", **options)
