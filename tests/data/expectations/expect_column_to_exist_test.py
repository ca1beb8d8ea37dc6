from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.tables import ask, table

CHECK = "expect_column_to_exist"


def test_a_column_of_a_real_table_exists(real: Path, kind: str) -> None:
    assert not ask(real, f"digits.{kind}", CHECK, column="label")


def test_a_column_that_is_not_there_is_told_with_the_nearest(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, column="petals")
    assert finding.message == f"there is no column 'petals' in iris.{kind}; did you mean 'petal'?"
    assert "Its columns are: petal, kind." in finding.remedy


def test_case_counts(tmp_path: Path, kind: str) -> None:
    assert ask(tmp_path, table(tmp_path, {"Label": [1]}, kind), CHECK, column="label")


@pytest.mark.parametrize(
    ("index", "alarms"), [(1, 0), (-1, 0), (0, 1), (-2, 1), (7, 1), (3, 1), (None, 0)]
)
def test_the_position_counts_from_zero(tmp_path: Path, index: int | None, alarms: int) -> None:
    name = table(tmp_path, {"a": [1], "b": [2]})
    assert len(ask(tmp_path, name, CHECK, column="b", column_index=index)) == alarms
