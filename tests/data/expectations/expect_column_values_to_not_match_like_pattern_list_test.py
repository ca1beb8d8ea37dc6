from __future__ import annotations

from pathlib import Path

from tests.data.tables import ask, table

CHECK = "expect_column_values_to_not_match_like_pattern_list"


def test_a_real_column_that_matches_none_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", like_pattern_list=["% %", "x%"])


def test_values_that_match_one_are_counted_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": ["/a", "a", "../b"], "y": [1, 2, 3]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x", like_pattern_list=["/%", "%..%"])
    assert "2 of 3 values do match one of LIKE '/%', '%..%'" in finding.message
