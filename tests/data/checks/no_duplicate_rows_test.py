from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits, load_iris

from tests.data.checks.asking import written
from tests.data.tables import ask, table, text

CHECK = "no_duplicate_rows"


def test_different_rows_pass(tmp_path: Path, kind: str) -> None:
    digits = load_digits().data
    name = table(tmp_path, {f"p{at}": digits[:, at] for at in range(64)}, kind)
    assert not ask(tmp_path, name, CHECK)


def test_the_row_that_iris_has_twice_is_named(tmp_path: Path) -> None:
    iris = load_iris().data
    name = table(tmp_path, {f"x{at}": iris[:, at] for at in range(4)}, "csv")
    (finding,) = ask(tmp_path, name, CHECK)
    assert finding.message == (
        "1 of 150 rows is equal to an earlier one (0.7 %): table.csv:144 and table.csv:103"
    )
    assert finding.evidence["pairs"] == "143 - 102"
    assert not ask(tmp_path, name, CHECK, mostly=0.99)


@pytest.mark.parametrize(
    ("values", "again"),
    [
        pytest.param([None, None, 1.0], 1, id="missing values are equal"),
        pytest.param([None, float("nan"), 1.0], 1, id="NaN is missing"),
        pytest.param([0.0, -0.0], 1, id="zero has no sign"),
        pytest.param([float("inf"), float("-inf")], 0, id="two infinities"),
        pytest.param(["a", "A", "a "], 0, id="texts to the letter"),
        pytest.param([[1, 2], [1, 2], [2, 1]], 1, id="lists"),
        pytest.param([dt.date(2026, 1, 1)] * 3, 2, id="dates"),
        pytest.param([True, False, True], 1, id="booleans"),
        pytest.param([{"a": 1}, {"a": 1}], 1, id="structs"),
    ],
)
def test_what_is_equal(tmp_path: Path, values: list[Any], again: int) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": values}), CHECK)
    assert [finding.evidence["unexpected_count"] for finding in found] == [again] * bool(again)


def test_running_numbers_are_left_out_when_they_are_named(tmp_path: Path) -> None:
    name = table(tmp_path, {"id": [1, 2, 3], "x": ["a", "b", "a"], "y": [1, 1, 1]})
    assert not ask(tmp_path, name, CHECK)
    assert len(ask(tmp_path, name, CHECK, ignore=["id"])) == 1
    assert len(ask(tmp_path, name, CHECK, columns=["x"])) == 1


def test_an_empty_table_has_no_duplicates(tmp_path: Path) -> None:
    assert not ask(tmp_path, text(tmp_path, "a.csv", "a,b\n"), CHECK)


def test_a_value_over_two_lines_does_not_shift_the_lines(tmp_path: Path) -> None:
    name = text(tmp_path, "a.csv", 'a,b\n"x\ny",1\nz,2\nz,2\n')
    (finding,) = ask(tmp_path, name, CHECK)
    assert "a.csv:5 and a.csv:4" in finding.message


def test_only_the_rows_that_are_meant(tmp_path: Path) -> None:
    name = written(tmp_path, "a.parquet", {"x": [1, 1, 2], "part": ["a", "b", "b"]})
    options = {"columns": ["x"], "row_condition": "part == 'b'", "condition_parser": "pandas"}
    assert not ask(tmp_path, name, CHECK, **options)


VALUES = st.sampled_from([0.0, 1.5, None, float("nan"), float("inf")])
WORDS = st.sampled_from(["", "a", "ä", "a\n", None])


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.tuples(VALUES, WORDS), min_size=1, max_size=30))
def test_as_many_as_pandas_finds(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("rows")
    frame = pd.DataFrame(rows, columns=["x", "w"])
    frame.to_parquet(folder / "a.parquet")
    expected = np.flatnonzero(pd.read_parquet(folder / "a.parquet").duplicated().to_numpy())
    found = ask(folder, "a.parquet", CHECK)
    assert (found[0].evidence["unexpected_count"] if found else 0) == len(expected)
    if found:
        assert found[0].evidence["row"] == expected[0] + 1
