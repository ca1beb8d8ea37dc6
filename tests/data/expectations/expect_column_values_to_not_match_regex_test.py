from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "expect_column_values_to_not_match_regex"


def test_a_real_column_without_the_pattern_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", regex="[A-Z ]")


def test_values_with_the_pattern_are_counted_and_shown(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, column="kind", regex="^s")
    assert "50 of 150 values do match ^s (33.3 %), first at row 1: 'setosa'" in finding.message


def test_a_pattern_that_only_python_knows_is_judged_by_python(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["aa", "ab", None]})
    assert count(ask(tmp_path, name, CHECK, column="x", regex=r"(.)\1")) == 1


def test_a_pattern_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="is no pattern"):
        ask(tmp_path, "x.csv", CHECK, column="x", regex="(")
