from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "expect_column_values_to_match_like_pattern_list"


def test_a_real_column_that_matches_one_of_them_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", like_pattern_list=["s%", "v%"])


@pytest.mark.parametrize(("match_on", "unmatched"), [("any", 1), ("all", 3)])
def test_any_or_all_of_them_must_match(tmp_path: Path, match_on: str, unmatched: int) -> None:
    name = table(tmp_path, {"x": ["ab", "a", "b", "c", None]})
    options = {"like_pattern_list": ["a%", "%b"], "match_on": match_on}
    assert count(ask(tmp_path, name, CHECK, column="x", **options)) == unmatched


def test_the_escape_is_for_each_of_them(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["5%", "a_b", "ab"]})
    options = {"like_pattern_list": ["_!%", "a!_b"], "escape": "!"}
    assert count(ask(tmp_path, name, CHECK, column="x", **options)) == 1


def test_an_empty_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="empty"):
        ask(tmp_path, "x.csv", CHECK, column="x", like_pattern_list=[])
