"""Values of a private column are judged and never shown, whichever check it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from smokealarm import data
from smokealarm.data import CHECKS
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding
from smokealarm.stage import Case
from smokealarm.workspace import Changes, Workspace
from tests.data.tables import case_of, table

SECRET = "ada.lovelace"
REGEX = "expect_column_values_to_match_regex"
LENGTHS = "expect_column_value_lengths_to_be_between"

# Options by which each check about a column fails on the table below.
FAILING: dict[str, dict[str, Any]] = {
    REGEX: {"regex": "^x"},
    LENGTHS: {"max_value": 3},
    "expect_column_values_to_be_unique": {},
    "expect_column_values_to_be_in_set": {"value_set": ["a"]},
    "expect_column_values_to_not_be_in_set": {"value_set": ["b"]},
    "expect_column_values_to_be_null": {},
    "expect_column_values_to_be_between": {"min_value": "zzz"},
    "expect_column_values_to_be_json_parseable": {},
    "expect_column_values_to_be_dateutil_parseable": {},
    "expect_column_values_to_be_decreasing": {"strictly": True},
    "expect_column_values_to_be_increasing": {"strictly": True},
    "expect_column_max_to_be_between": {"max_value": "a"},
    "expect_column_min_to_be_between": {"min_value": "z"},
    "expect_column_distinct_values_to_be_in_set": {"value_set": ["a"]},
    "expect_column_distinct_values_to_contain_set": {"value_set": ["q"]},
    "expect_column_distinct_values_to_equal_set": {"value_set": ["a"]},
    "expect_column_most_common_value_to_be_in_set": {"value_set": ["a"]},
    "expect_column_unique_value_count_to_be_between": {"max_value": 1},
    "expect_column_quantile_values_to_be_between": {
        "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 1]]}
    },
    "text_length": {"max_value": 3},
}


def failing(folder: Path, check: str, **settings: Any) -> list[Finding]:
    """What the check finds wrong with the secrets."""
    values = [f"{SECRET}{at % 7}@example.org" for at in range(40)] + ["b", None]
    made = case_of(table(folder, {"who": values}), [(check, {"column": "who", **FAILING[check]})])
    case = Case(
        stage="data", name="people", place=made.place, asks=made.asks, settings=made.settings
    )
    workspace = Workspace(root=folder, changes=Changes())
    with data.opened(case, workspace, table="table.parquet", **settings) as subject:
        return [one for one in subject.ask(case.asks[0]) if isinstance(one, Finding)]


def test_without_the_setting_a_value_is_shown(tmp_path: Path) -> None:
    (finding,) = failing(tmp_path, REGEX)
    assert SECRET in finding.message


@pytest.mark.parametrize("check", FAILING)
def test_no_value_is_shown(tmp_path: Path, check: str) -> None:
    try:
        found = failing(tmp_path, check, private=("who",))
    except (FatalError, Inconclusive) as error:
        assert SECRET not in f"{error.message}{error.remedy}"
        return
    assert len(found) == 1
    assert SECRET not in json.dumps(msgspec.to_builtins(found))


def test_the_rows_and_their_number_are_told_all_the_same(tmp_path: Path) -> None:
    (finding,) = failing(tmp_path, REGEX, private=("who",))
    assert "who: 41 of 41 values" in finding.message
    assert "row 1: (private)" in finding.message
    assert finding.evidence["unexpected_count"] == 41


def test_a_check_that_shows_values_says_only_that_it_does_not_hold(tmp_path: Path) -> None:
    (finding,) = failing(tmp_path, "expect_column_max_to_be_between", private=("who",))
    assert finding.message == "who: this does not hold; the values are private and not shown"


def test_checks_of_other_columns_are_as_ever(tmp_path: Path) -> None:
    assert SECRET in failing(tmp_path, REGEX, private=("other",))[0].message


def test_every_check_about_one_column_of_texts_is_tried_here() -> None:
    assert set(FAILING) <= set(CHECKS)
