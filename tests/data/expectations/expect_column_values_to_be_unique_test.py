from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smokealarm.data.sources.csv_files import WIDE
from tests.data.tables import ask, count, table, text

CHECK = "expect_column_values_to_be_unique"


def test_different_values_pass(tmp_path: Path, kind: str) -> None:
    assert not ask(tmp_path, table(tmp_path, {"id": range(5000)}, kind), CHECK, column="id")


def test_every_row_of_a_value_that_repeats_counts(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"id": [7, 7, 8, None, None], "y": [1, 2, 3, 4, 5]}, kind)
    found = ask(tmp_path, name, CHECK, column="id")
    assert count(found) == 2
    assert "2 of 3 values stand in more than one row (66.7 %), first at row 1: 7, row 2: 7" in (
        found[0].message
    )


def test_the_labels_of_a_real_table_repeat(real: Path, kind: str) -> None:
    assert count(ask(real, f"digits.{kind}", CHECK, column="label")) == 1797


@pytest.mark.parametrize(
    ("values", "repeated"),
    [
        pytest.param([float("nan"), float("nan"), 1.0], 0, id="NaN is missing"),
        pytest.param(["a", "A"], 0, id="case counts"),
        pytest.param(["é", "e\u0301"], 0, id="code points count"),
        pytest.param([0.0, -0.0], 2, id="zero has one value"),
        pytest.param([[1], [1], [2]], 2, id="lists"),
    ],
)
def test_which_values_are_the_same(tmp_path: Path, values: list[Any], repeated: int) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x")
    assert (count(found) if found else 0) == repeated


@pytest.mark.skipif(not WIDE, reason="DuckDB 1 reads such numbers of CSV as floating point")
def test_numbers_of_twenty_digits_differ_in_the_last(tmp_path: Path) -> None:
    content = "id\n12345678901234567890\n12345678901234567891\n"
    assert not ask(tmp_path, text(tmp_path, "big.csv", content), CHECK, column="id")


def test_mostly_lets_some_values_repeat(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [1, 1, 2, 3]})
    assert not ask(tmp_path, name, CHECK, column="x", mostly=0.5)
