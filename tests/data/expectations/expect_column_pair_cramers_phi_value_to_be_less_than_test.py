from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from smokealarm.data.statistics.association import cramers_v, crosstab
from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import ask, table

CHECK = "expect_column_pair_cramers_phi_value_to_be_less_than"
PAIR = {"column_A": "a", "column_B": "b"}


def independent(rows: int, classes: int, seed: int) -> dict[str, list[str]]:
    rng = random.Random(seed)
    return {name: [f"c{rng.randrange(classes)}" for _ in range(rows)] for name in "ab"}


def test_independent_columns_pass(tmp_path: Path, kind: str) -> None:
    assert not ask(tmp_path, table(tmp_path, independent(5_000, 4, 1), kind), CHECK, **PAIR)


def test_one_that_says_the_other_alarms(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"a": [1, 2, 3] * 200, "b": ["x", "y", "z"] * 200}, kind)
    (finding,) = ask(tmp_path, name, CHECK, **PAIR)
    assert finding.message.startswith("a and b have a Cramér's V of 1, expected at most 0.1")
    assert finding.evidence["observed_value"] == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_few_rows_of_independent_columns_do_not_alarm(tmp_path: Path, seed: int) -> None:
    name = table(tmp_path, independent(60, 6, seed))
    with pytest.raises(Inconclusive, match="chance alone may make it") as told:
        ask(tmp_path, name, CHECK, **PAIR)
    assert "It takes about 1,053 rows to tell" in told.value.remedy


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(1, 50)),
        min_size=1,
        max_size=9,
        unique_by=lambda pair: pair[:2],
    )
)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_the_value_is_that_of_scipys_chi_square(pairs: list[tuple[Any, Any, int]]) -> None:
    table = crosstab(pairs, (None, None), (None, None))
    rows, columns = sorted({a for a, _ in table}), sorted({b for _, b in table})
    matrix = np.array([[table[a, b] for b in columns] for a in rows])
    smaller = min(matrix.shape) - 1
    expected = 0.0
    if smaller:
        expected = float(np.sqrt(chi2_contingency(matrix)[0] / matrix.sum() / smaller))
    assert cramers_v(table).value == pytest.approx(min(expected, 1.0))


def test_numbers_are_binned_and_nulls_left_out(tmp_path: Path) -> None:
    numbers = [at / 1000 for at in range(1000)]
    name = table(tmp_path, {"a": [*numbers, None], "b": [at >= 500 for at in range(1000)] + [True]})
    (finding,) = ask(tmp_path, name, CHECK, **PAIR)
    assert finding.evidence["rows"] == 1000
    assert not ask(tmp_path, name, CHECK, bins_A=[0, 2], **PAIR)


@pytest.mark.parametrize("columns", [{"a": [], "b": []}, {"a": [1, 1], "b": [1, 2]}])
def test_a_column_of_one_value_tells_nothing(tmp_path: Path, columns: dict[str, Any]) -> None:
    assert not ask(tmp_path, table(tmp_path, columns), CHECK, **PAIR)


def test_a_threshold_that_cannot_be_meant_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="threshold: 2"):
        ask(tmp_path, "none.csv", CHECK, threshold=2.0, **PAIR)
