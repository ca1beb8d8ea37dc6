from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from smokealarm.errors import FatalError
from tests.data.checks.asking import doubt, written
from tests.data.tables import ask, text

CHECK = "no_leaked_rows"
CANCER = load_breast_cancer()
RNG = np.random.default_rng(2)


def part(rows: slice) -> dict[str, object]:
    names = [name.replace(" ", "_") for name in CANCER.feature_names]
    return {name: CANCER.data[rows, at] for at, name in enumerate(names)}


@pytest.mark.parametrize("other", ["parquet", "csv", "jsonl"])
def test_two_splits_of_a_real_table_pass(tmp_path: Path, kind: str, other: str) -> None:
    name = written(tmp_path, f"train.{kind}", part(slice(0, 400)))
    written(tmp_path, f"test.{other}", part(slice(400, 569)))
    assert not ask(tmp_path, name, CHECK, between=[f"test.{other}"])


@pytest.mark.parametrize("other", ["parquet", "csv", "jsonl"])
def test_rows_in_both_are_told_by_file_and_row(tmp_path: Path, other: str) -> None:
    name = written(tmp_path, "train.csv", part(slice(0, 400)))
    written(tmp_path, f"test.{other}", part(slice(398, 569)))
    (finding,) = ask(tmp_path, name, CHECK, between=[f"test.{other}"])
    assert finding.message.startswith("2 of 400 rows are equal to a row of test.")
    assert finding.evidence["pairs"] == "399 - 1; 400 - 2"
    assert "train.csv:400 and " in finding.message
    if other == "csv":
        assert "train.csv:400 and test.csv:2" in finding.message


def test_each_other_table_is_told_by_itself(tmp_path: Path) -> None:
    name = written(tmp_path, "a.parquet", {"x": [1.5, 2.5, 3.5]})
    written(tmp_path, "b.parquet", {"x": [1.5, 9.0]})
    written(tmp_path, "c.parquet", {"x": [7.0, 2.5]})
    found = ask(tmp_path, name, CHECK, between=["b.parquet", "c.parquet"])
    assert [finding.evidence["other"] for finding in found] == ["b.parquet", "c.parquet"]


def test_a_row_without_any_value_proves_nothing(tmp_path: Path) -> None:
    name = written(tmp_path, "a.parquet", {"x": [None, 1.0], "y": [None, "a"]})
    written(tmp_path, "b.parquet", {"x": [None, 2.0], "y": [None, "b"]})
    assert not ask(tmp_path, name, CHECK, between=["b.parquet"])


def test_missing_values_are_equal_in_a_row_with_others(tmp_path: Path) -> None:
    name = written(tmp_path, "a.parquet", {"x": [None, 1.0], "y": ["k", "a"]})
    written(tmp_path, "b.parquet", {"x": [float("nan"), 2.0], "y": ["k", "b"]})
    assert len(ask(tmp_path, name, CHECK, between=["b.parquet"])) == 1


def test_rows_of_few_values_meet_by_chance_and_do_not_alarm(tmp_path: Path) -> None:
    def some(rows: int) -> dict[str, object]:
        return {"a": RNG.integers(0, 6, rows), "b": RNG.integers(0, 6, rows)}

    name = written(tmp_path, "a.parquet", some(500))
    written(tmp_path, "b.parquet", some(300))
    told = doubt(tmp_path, name, CHECK, between=["b.parquet"])
    assert "of its own rows have a twin in it, so this may be chance" in told.message


def test_a_few_twins_among_many_rows_are_chance_where_the_other_table_has_as_many(
    tmp_path: Path,
) -> None:
    def some(rows: int) -> dict[str, object]:
        return {"a": RNG.integers(0, 900, rows), "b": RNG.integers(0, 900, rows)}

    name = written(tmp_path, "a.parquet", some(3000))
    written(tmp_path, "b.parquet", some(3000))
    told = doubt(tmp_path, name, CHECK, between=["b.parquet"])
    assert "so this may be chance" in told.message


def test_more_twins_than_chance_makes_are_a_leak(tmp_path: Path) -> None:
    there = {"a": RNG.integers(0, 900, 3000), "b": RNG.integers(0, 900, 3000)}
    here = {
        name: np.concatenate([RNG.integers(0, 900, 2900), v[:100]]) for name, v in there.items()
    }
    written(tmp_path, "b.parquet", there)
    assert (
        len(ask(tmp_path, written(tmp_path, "a.parquet", here), CHECK, between=["b.parquet"])) == 1
    )


def test_groups_are_kept_apart_by_their_name(tmp_path: Path) -> None:
    name = written(tmp_path, "a.parquet", {"user": ["u1", "u2"], "x": [1, 2]})
    written(tmp_path, "b.parquet", {"user": ["u2", "u3"], "x": [3, 4]})
    assert not ask(tmp_path, name, CHECK, between=["b.parquet"])
    assert len(ask(tmp_path, name, CHECK, between=["b.parquet"], columns=["user"])) == 1


def test_rounded_rows_meet(tmp_path: Path) -> None:
    name = written(tmp_path, "a.parquet", {"x": [1.000001, 5.0]})
    written(tmp_path, "b.parquet", {"x": [1.000002, 6.0]})
    assert not ask(tmp_path, name, CHECK, between=["b.parquet"])
    assert len(ask(tmp_path, name, CHECK, between=["b.parquet"], digits=4)) == 1


def test_texts_that_are_alike_meet(tmp_path: Path) -> None:
    one = "This film is a slow and beautiful account of two sisters by the sea"
    name = written(tmp_path, "a.parquet", {"t": ["another text altogether", one]})
    written(tmp_path, "b.csv", {"t": [one.upper() + "!", "nothing of the kind"]})
    (finding,) = ask(tmp_path, name, CHECK, between=["b.csv"], text="t")
    assert "row 2 of a.parquet and b.csv:2 (100% alike)" in finding.message


def test_tables_without_a_common_column_are_told(tmp_path: Path) -> None:
    name = written(tmp_path, "a.parquet", {"x": [1]})
    written(tmp_path, "b.parquet", {"y": [1]})
    assert "no column in common" in doubt(tmp_path, name, CHECK, between=["b.parquet"]).message


def test_another_table_that_is_broken_is_told(tmp_path: Path) -> None:
    name = written(tmp_path, "a.parquet", {"x": [1]})
    text(tmp_path, "b.parquet", b"PAR1 and no more")
    (finding,) = ask(tmp_path, name, CHECK, between=["b.parquet"])
    assert "b.parquet" in finding.message


def test_a_table_that_is_not_there_is_told_before(tmp_path: Path) -> None:
    name = written(tmp_path, "a.parquet", {"x": [1]})
    with pytest.raises(FatalError, match="there is no table 'b.parquet'"):
        ask(tmp_path, name, CHECK, between=["b.parquet"])
