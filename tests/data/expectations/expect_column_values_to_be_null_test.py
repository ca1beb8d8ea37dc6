from __future__ import annotations

from pathlib import Path

from tests.data.tables import ask, table, text

CHECK = "expect_column_values_to_be_null"


def test_an_empty_column_passes(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": [None, float("nan")], "y": [1, 2]}, kind)
    assert not ask(tmp_path, name, CHECK, column="x")


def test_values_are_counted_among_all_rows_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": [None, "late", None, "lost"], "y": [1, 2, 3, 4]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x")
    assert finding.message.startswith(
        "x: 2 of 4 values are there where none should be (50.0 %), first at row 2: 'late'"
    )
    assert "missing_count" not in finding.evidence


def test_a_share_may_be_there(tmp_path: Path) -> None:
    assert not ask(tmp_path, table(tmp_path, {"x": [None, 1]}), CHECK, column="x", mostly=0.5)


def test_a_table_without_rows_passes(tmp_path: Path) -> None:
    assert not ask(tmp_path, text(tmp_path, "empty.csv", "id,x\n"), CHECK, column="x")
