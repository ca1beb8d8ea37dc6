from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "expect_column_values_to_match_regex_list"


def test_values_that_match_one_of_them_pass(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", regex_list=["^s", "^v"])


@pytest.mark.parametrize(("match_on", "unmatched"), [("any", 1), ("all", 3)])
def test_any_or_all_of_them_must_match(tmp_path: Path, match_on: str, unmatched: int) -> None:
    name = table(tmp_path, {"x": ["ab", "a", "b", "c", None]})
    options = {"regex_list": ["a", "b"], "match_on": match_on}
    (finding,) = ask(tmp_path, name, CHECK, column="x", **options)
    assert finding.evidence["unexpected_count"] == unmatched
    assert f"not match {match_on} of 'a', 'b'" in finding.message


def test_lookaround_and_plain_patterns_mix(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["ab", "ac", "日本"]})
    options = {"regex_list": ["a(?=b)", r"^\w+$"], "match_on": "all"}
    assert count(ask(tmp_path, name, CHECK, column="x", **options)) == 2


@pytest.mark.parametrize("regexes", [[], ["a", "("]])
def test_a_list_that_cannot_be_meant_is_told(tmp_path: Path, regexes: list[str]) -> None:
    with pytest.raises(FatalError, match="empty|is no pattern"):
        ask(tmp_path, "x.csv", CHECK, column="x", regex_list=regexes)
