from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "expect_column_values_to_match_regex"


def test_values_with_the_pattern_pass(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", regex="^(setosa|v.*)$")


def test_values_without_the_pattern_are_counted_and_shown(real: Path, kind: str) -> None:
    found = ask(real, f"iris.{kind}", CHECK, column="kind", regex="^v")
    assert count(found) == 50
    assert "50 of 150 values do not match ^v (33.3 %), first at row 1: 'setosa'" in found[0].message


@pytest.mark.parametrize(
    ("values", "regex", "unmatched"),
    [
        pytest.param(["xay", None, "b"], "a", 1, id="found anywhere, nulls do not count"),
        pytest.param([7, 12], "^[0-9]$", 1, id="whole numbers"),
        pytest.param([0.5, 1e20], r"^(0\.5|1e\+20)$", 0, id="numbers as Python prints them"),
        pytest.param([True], "^True$", 0, id="booleans as Python prints them"),
        pytest.param([dt.date(2020, 1, 31)], "^2020-01-31$", 0, id="dates"),
        pytest.param(["日本"], "^..$", 0, id="a dot is a character, not a byte"),
        pytest.param(["٣", "x"], r"^\d$", 1, id="digits of every script"),
        pytest.param(["日本", "-"], r"^\w+$", 1, id="letters of every script"),
        pytest.param(["a\n", "a\n\n"], "a$", 1, id="the end may be before a last newline"),
        pytest.param(["ab", "ac", "ab"], "a(?=b)", 1, id="lookahead"),
        pytest.param(["aa", "ab", None], r"(.)\1", 1, id="a backreference"),
        pytest.param(["aaaa", "x{,3}"], "^a{,3}$", 2, id="a repeat without a lower end"),
        pytest.param([77, 78], r"(\d)\1", 1, id="a backreference into numbers"),
        pytest.param(["it's"], "it's", 0, id="quotes"),
    ],
)
def test_which_values_match(tmp_path: Path, values: list[Any], regex: str, unmatched: int) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x", regex=regex)
    assert (count(found) if found else 0) == unmatched


@pytest.mark.parametrize("regex", ["(", "[z-a]", "*", r"\p"])
def test_a_pattern_that_is_none_is_told_before_the_table_is_read(
    tmp_path: Path, regex: str
) -> None:
    with pytest.raises(FatalError, match="is no pattern") as told:
        ask(tmp_path, "not-there.parquet", CHECK, column="x", regex=regex)
    assert ".smokealarm.yaml:4:1" in str(told.value)


def test_rows_that_only_python_can_judge_are_shown_as_well(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": ["日本", "- ", "a"], "y": [1, 2, 3]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x", regex=r"\w")
    assert "1 of 3 values does not match \\w (33.3 %), first at row 2: '- '" in finding.message
