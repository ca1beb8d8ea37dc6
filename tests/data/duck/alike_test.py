"""Rows that are the same to a reader are the same to the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.tables import ask, table

NAN = float("nan")


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_rows_with_different_numbers_are_not_alike(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": [0.5, None, 1.5]}, kind)
    assert not ask(tmp_path, name, "no_duplicate_rows")


def test_nan_and_null_are_alike(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": [0.5, NAN, None, 1.5]}), "no_duplicate_rows")
    assert finding.evidence["pairs"] == "3 - 2"


def test_nan_in_one_table_is_null_in_another(tmp_path: Path) -> None:
    test = table(tmp_path, {"x": [NAN, 7.5], "y": [3.5, 4.5]}, "parquet")
    train = table(tmp_path, {"x": [None, 8.5], "y": [3.5, 4.5]}, "jsonl")
    (finding,) = ask(tmp_path, test, "no_leaked_rows", between=[train])
    assert finding.evidence["pairs"] == "1 - 1"
