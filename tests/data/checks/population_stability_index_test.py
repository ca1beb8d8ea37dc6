from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smokealarm.errors import FatalError
from tests.data.checks.asking import doubt, written
from tests.data.tables import ask

CHECK = "population_stability_index"
RNG = np.random.default_rng(11)


def test_a_second_sample_of_the_same_passes(tmp_path: Path, kind: str) -> None:
    for name in ("a", "b"):
        columns = {"x": RNG.normal(size=2000), "c": RNG.choice(list("abc"), 2000)}
        written(tmp_path, f"{name}.{kind}", columns)
    assert not ask(tmp_path, f"b.{kind}", CHECK, reference=f"a.{kind}")


def test_a_shift_of_a_normal_distribution_has_the_index_of_the_books(tmp_path: Path) -> None:
    written(tmp_path, "a.parquet", {"x": RNG.normal(0, 1, 50_000)})
    name = written(tmp_path, "b.parquet", {"x": RNG.normal(0.6, 1, 50_000)})
    (finding,) = ask(tmp_path, name, CHECK, reference="a.parquet", bins=50)
    assert finding.evidence["observed_value"] == pytest.approx(0.36, abs=0.03)  # the shift, squared


def test_the_index_is_computed_over_the_reference_s_deciles(tmp_path: Path) -> None:
    one, two = RNG.normal(size=3000), RNG.normal(1, 1, size=2000)
    written(tmp_path, "a.parquet", {"x": one})
    name = written(tmp_path, "b.parquet", {"x": two})
    (finding,) = ask(tmp_path, name, CHECK, reference="a.parquet")
    inner = np.sort(one)[np.arange(300, 3000, 300)]
    counts = [
        np.bincount(np.searchsorted(inner, x, "right"), minlength=10) + 0.5 for x in (one, two)
    ]
    p, q = (count / count.sum() for count in counts)
    assert finding.evidence["observed_value"] == pytest.approx(
        np.sum((q - p) * np.log(q / p)), rel=0.01
    )


def test_categories_that_vanish_count(tmp_path: Path) -> None:
    written(tmp_path, "a.parquet", {"c": ["a", "b"] * 500})
    name = written(tmp_path, "b.parquet", {"c": ["a"] * 1000})
    (finding,) = ask(tmp_path, name, CHECK, reference="a.parquet")
    assert "gone: b" in finding.message


def test_few_rows_are_inconclusive_though_the_raw_index_is_high(tmp_path: Path) -> None:
    written(tmp_path, "a.parquet", {"x": RNG.normal(size=60)})
    name = written(tmp_path, "b.parquet", {"x": RNG.normal(size=30)})
    told = doubt(tmp_path, name, CHECK, reference="a.parquet")
    assert "too few rows to tell whether the population stability index of x moved" in told.message


@pytest.mark.parametrize(
    "options", [{}, {"reference": "a", "bins": 1}, {"reference": "a", "max_value": 0}]
)
def test_options_that_cannot_be_meant(tmp_path: Path, options: Any) -> None:
    name = written(tmp_path, "b.parquet", {"x": [1.0]})
    with pytest.raises(FatalError):
        ask(tmp_path, name, CHECK, **options)
