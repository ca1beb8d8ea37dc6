from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.tables import ask, table, text

CHECK = "expect_table_columns_to_match_set"


def test_the_columns_of_a_real_table_match_in_any_order(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column_set=["kind", "petal"])


def test_missing_and_unexpected_columns_are_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, column_set=["petals", "kind"])
    assert finding.message == (
        f"iris.{kind} lacks petals; did you mean 'petal'? and has petal, which nobody expected"
    )


@pytest.mark.parametrize(("names", "alarms"), [(["a"], 0), (["a", "c"], 1), ([], 0)])
def test_without_exact_match_more_columns_are_fine(
    tmp_path: Path, names: list[str], alarms: int
) -> None:
    name = table(tmp_path, {"a": [1], "b": [1]})
    assert len(ask(tmp_path, name, CHECK, column_set=names, exact_match=False)) == alarms


def test_names_are_as_the_file_writes_them(tmp_path: Path) -> None:
    names = ["a", "A", "q\"uo'te", "ü b", " c", "file_row_number"]
    assert not ask(
        tmp_path, table(tmp_path, {name: [1] for name in names}), CHECK, column_set=names
    )
    header = text(tmp_path, "names.csv", 'a,A,"q""uo\'te",ü b, c,a\n1,2,3,4,5,6\n')
    names[-1] = "a.1"
    assert not ask(tmp_path, header, CHECK, column_set=names)


def test_a_key_that_comes_late_in_jsonl_is_a_column(tmp_path: Path) -> None:
    name = text(tmp_path, "late.jsonl", '{"a": 1}\n' * 30_000 + '{"a": 1, "b": 2}\n')
    assert not ask(tmp_path, name, CHECK, column_set=["a", "b"])
