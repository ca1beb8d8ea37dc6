from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, table

CHECK = "expect_column_values_to_not_match_regex_list"


def test_a_real_column_that_matches_none_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", regex_list=["^ ", "[0-9]"])


def test_a_value_that_matches_one_is_counted_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": ["ab", "a", "c"], "y": [1, 2, 3]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x", regex_list=["b", "c(?=$)"])
    assert "2 of 3 values do match one of 'b', 'c(?=$)'" in finding.message
    assert finding.evidence["rows"] == "1, 3"


def test_an_empty_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="empty"):
        ask(tmp_path, "x.csv", CHECK, column="x", regex_list=[])
