from __future__ import annotations

from pathlib import Path

from tests.data.tables import ask, count, table

CHECK = "expect_column_values_to_not_match_like_pattern"


def test_a_real_column_without_the_pattern_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", like_pattern="% %")


def test_values_with_the_pattern_are_counted(real: Path, kind: str) -> None:
    found = ask(real, f"iris.{kind}", CHECK, column="kind", like_pattern="v%")
    assert count(found) == 100


def test_nulls_do_not_count(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [None, "a"]})
    assert count(ask(tmp_path, name, CHECK, column="x", like_pattern="%")) == 1
