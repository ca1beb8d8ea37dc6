"""Values of a private column are judged and never shown, whichever check it is."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from smokealarm import data
from smokealarm.data import CHECKS
from smokealarm.data.private import without_values
from smokealarm.data.watermark.watermark import Watermark
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding
from smokealarm.stage import Sight
from smokealarm.workspace import Changes, Workspace
from tests.data.tables import asked, case_of, table, text

SECRET = "ada.lovelace"
SECRETS = re.compile(rf"{SECRET}|73[ ,_.]?19[0-9]|1815|7\.3[12]e")  # who, pay, and born
PRIVATE = ("who", "pay", "born", "twin")

REGEX = "expect_column_values_to_match_regex"
NOT_REGEX = "expect_column_values_to_not_match_regex"
LIKE = "expect_column_values_to_match_like_pattern"
NOT_LIKE = "expect_column_values_to_not_match_like_pattern"
PAIR = {"column_A": "who", "column_B": "twin"}
LIST = {"column_list": ["who", "twin"]}
WHO, PAY, BORN = {"column": "who"}, {"column": "pay"}, {"column": "born"}
SHARES = {"values": ["a", "b"], "weights": [0.5, 0.5]}
BINS = {"bins": [0, 1, 2], "weights": [0.5, 0.5]}

# Options by which a check that looks at values fails on the table below, or cannot tell.
FAILING: dict[str, dict[str, Any]] = {
    "class_balance": {**WHO, "max_share": 0.01},
    "freshness": {**BORN, "max_age": "1 day"},
    "no_drift": {"reference": "other.parquet", "columns": ["who", "pay", "born"]},
    "no_duplicate_rows": {},
    "no_leaked_rows": {"between": ["other.parquet"]},
    "no_leaking_columns": {"label": "twin"},
    "no_near_duplicates": {"text": "who"},
    "population_stability_index": {"reference": "other.parquet", "columns": ["who", "pay"]},
    "schema_lock": {"lock": "lock.json"},
    "text_encoding": WHO,
    "text_length": {**WHO, "max_value": 3},
    "text_not_blank": WHO,
    "text_starts_varied": WHO,
    "text_trimmed": WHO,
    "text_without_markup": WHO,
    "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than": {
        **PAY, "partition_object": BINS, "p": 0.05,
    },
    "expect_column_chisquare_test_p_value_to_be_greater_than": {
        **WHO, "partition_object": SHARES, "p": 0.05,
    },
    "expect_column_distinct_values_to_be_in_set": {**WHO, "value_set": ["a"]},
    "expect_column_distinct_values_to_contain_set": {**WHO, "value_set": ["q"]},
    "expect_column_distinct_values_to_equal_set": {**WHO, "value_set": ["a"]},
    "expect_column_kl_divergence_to_be_less_than": {
        **WHO, "partition_object": SHARES, "threshold": 0.1,
    },
    "expect_column_max_to_be_between": {**WHO, "max_value": "a"},
    "expect_column_median_to_be_between": {**PAY, "max_value": 1},
    "expect_column_min_to_be_between": {**PAY, "max_value": 1},
    "expect_column_most_common_value_to_be_in_set": {**WHO, "value_set": ["a"]},
    "expect_column_pair_cramers_phi_value_to_be_less_than": PAIR,
    "expect_column_pair_values_a_to_be_greater_than_b": PAIR,
    "expect_column_pair_values_to_be_equal": {"column_A": "who", "column_B": "pay"},
    "expect_column_pair_values_to_be_in_set": {**PAIR, "value_pairs_set": [["a", "b"]]},
    "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than": {
        **PAY, "distribution": "norm", "params": [0, 1], "p_value": 0.05,
    },
    "expect_column_quantile_values_to_be_between": {
        **PAY, "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 1]]},
    },
    "expect_column_unique_value_count_to_be_between": {**WHO, "max_value": 1},
    "expect_column_value_lengths_to_be_between": {**WHO, "max_value": 3},
    "expect_column_value_lengths_to_equal": {**WHO, "value": 3},
    "expect_column_value_z_scores_to_be_less_than": {
        **PAY, "threshold": 0.1, "double_sided": True,
    },
    "expect_column_values_to_be_between": {**WHO, "min_value": 5},
    "expect_column_values_to_be_dateutil_parseable": WHO,
    "expect_column_values_to_be_decreasing": {**WHO, "strictly": True},
    "expect_column_values_to_be_in_set": {**BORN, "value_set": ["2024-01-01"]},
    "expect_column_values_to_be_increasing": {**WHO, "strictly": True},
    "expect_column_values_to_be_json_parseable": WHO,
    "expect_column_values_to_be_null": WHO,
    "expect_column_values_to_be_unique": WHO,
    "expect_column_values_to_match_json_schema": {**WHO, "json_schema": {"type": "object"}},
    LIKE: {**WHO, "like_pattern": "x%"},
    f"{LIKE}_list": {**WHO, "like_pattern_list": ["x%"]},
    REGEX: {**WHO, "regex": "^x"},
    f"{REGEX}_list": {**WHO, "regex_list": ["^x"]},
    "expect_column_values_to_match_strftime_format": {**WHO, "strftime_format": "%Y"},
    "expect_column_values_to_not_be_in_set": {**WHO, "value_set": [f"{SECRET}1@example.org"]},
    "expect_column_values_to_not_be_null": WHO,
    "expect_column_values_to_not_be_outliers": {**PAY, "multiplier": 0.001, "method": "std"},
    NOT_LIKE: {**WHO, "like_pattern": "%@%"},
    f"{NOT_LIKE}_list": {**WHO, "like_pattern_list": ["%@%"]},
    NOT_REGEX: {**WHO, "regex": "@"},
    f"{NOT_REGEX}_list": {**WHO, "regex_list": ["@"]},
    "expect_compound_columns_to_be_unique": LIST,
    "expect_multicolumn_sum_to_equal": {"column_list": ["pay", "open"], "sum_total": 1},
    "expect_multicolumn_values_to_be_equal": {"column_list": ["who", "pay"]},
    "expect_multicolumn_values_to_be_unique": LIST,
    "expect_query_results_to_match_comparison": {
        "base_query": "SELECT max(who) FROM {batch}",
        "comparison_query": "SELECT min(who) FROM {batch}",
        "comparison_data_source_name": "other.parquet",
    },
    "expect_select_column_values_to_be_unique_within_record": LIST,
    "unexpected_rows_expectation": {"unexpected_rows_query": "SELECT who, pay, born FROM {batch}"},
}  # fmt: skip

# What says how many rows, values or columns there are, of what type, or what all rows come to together.
COUNTING = {
    "array_between", "array_dtype", "array_finite", "array_shape",
    "image_mode", "image_size", "images_not_duplicated", "images_readable",
    "suite", "expect_column_to_exist", "expect_column_type_to_be",
    "expect_column_values_to_be_in_type_list", "expect_column_values_to_be_of_type",
    "expect_column_mean_to_be_between", "expect_column_stdev_to_be_between",
    "expect_column_proportion_of_non_null_values_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between", "expect_column_sum_to_be_between",
    "expect_table_column_count_to_be_between", "expect_table_column_count_to_equal",
    "expect_table_columns_to_match_ordered_list", "expect_table_columns_to_match_set",
    "expect_table_row_count_to_be_between", "expect_table_row_count_to_equal",
    "expect_table_row_count_to_equal_other_table",
}  # fmt: skip


def people(rows: int, first: int) -> dict[str, list[Any]]:
    """Secrets, none of which is in the other table, and one row that is there twice and blank."""
    at = [first + n for n in range(rows)]
    born = [datetime(1815, 12, 10) + timedelta(hours=n % 50) for n in at]
    return {
        "who": [
            *(f"{SECRET}{n % 7}@example.org" for n in at),
            " <br> â€™ ",
            " <br> â€™ ",
            " ",
            None,
        ],
        "twin": [*(f"{SECRET}{n % 7}@example.org" for n in at), None, None, None, None],
        "pay": [*(73190.0 + n % 10 for n in at), 73199.5, 73199.5, None, None],
        "born": [*born, None, None, None, None],
        "open": [*at, 1, 1, 2, 3],
    }


def said(folder: Path, check: str, **settings: Any) -> tuple[list[Sight], str]:
    """What the check shows of the secrets, and the error that it ends with, if it does."""
    table(folder, people(30, 1000))
    (folder / "table.parquet").rename(folder / "other.parquet")
    name = table(folder, people(60, 0))
    text(folder, "lock.json", json.dumps({"columns": [{"name": "who", "categories": ["a"]}]}))
    case = case_of(name, [(check, FAILING[check])])
    seen: list[Sight] = []
    with data.opened(case, Workspace(root=folder, changes=Changes()), table=name, **settings) as it:
        try:
            seen += it.ask(case.asks[0])
        except (FatalError, Inconclusive) as error:
            return seen, f"{error.message} {error.remedy}"
    return seen, ""


def failing(folder: Path, check: str, **settings: Any) -> list[Finding]:
    return [one for one in said(folder, check, **settings)[0] if isinstance(one, Finding)]


def test_without_the_setting_a_value_is_shown(tmp_path: Path) -> None:
    (finding,) = failing(tmp_path, REGEX)
    assert SECRET in finding.message


@pytest.mark.parametrize("check", FAILING)
def test_no_value_is_shown(tmp_path: Path, check: str) -> None:
    seen, error = said(tmp_path, check, private=PRIVATE)
    assert seen or error, "the check has nothing to say, so this proves nothing"
    told = json.dumps(msgspec.to_builtins(seen), ensure_ascii=False) + error
    assert not SECRETS.search(told), told


def test_every_check_that_looks_at_values_is_tried_here() -> None:
    assert set(FAILING) | COUNTING == set(CHECKS)
    assert not set(FAILING) & COUNTING


def test_the_rows_and_their_number_are_told_all_the_same(tmp_path: Path) -> None:
    (finding,) = failing(tmp_path, REGEX, private=("who",))
    assert "who: 63 of 63 values" in finding.message
    assert "row 1: (private)" in finding.message
    assert finding.evidence["unexpected_count"] == 63


def test_a_check_that_shows_values_says_only_that_it_does_not_hold(tmp_path: Path) -> None:
    (finding,) = failing(tmp_path, "expect_column_max_to_be_between", private=("who",))
    assert finding.message == "who: this does not hold; the values are private and not shown"


def test_checks_of_other_columns_are_as_ever(tmp_path: Path) -> None:
    assert SECRET in failing(tmp_path, REGEX, private=("twin",))[0].message


def test_columns_that_are_not_private_are_told_by_checks_of_the_whole_table(tmp_path: Path) -> None:
    name = table(tmp_path, {"who": [SECRET], "new": [1]})
    lock = text(tmp_path, "lock.json", '{"columns": [{"name": "who"}]}')
    [[finding]] = asked(tmp_path, name, ("schema_lock", {"lock": lock}), private=("who",))
    assert finding.message == "new is new (BIGINT)"


def test_equal_rows_are_told_with_their_places(tmp_path: Path) -> None:
    name = table(tmp_path, {"who": [SECRET, SECRET]})
    [[finding]] = asked(tmp_path, name, ("no_duplicate_rows", {}), private=("who",))
    assert "row 2 of table.parquet and row 1 of table.parquet" in finding.message


def test_expectations_of_a_suite_are_as_discreet(tmp_path: Path) -> None:
    expectation = {"type": REGEX, "kwargs": {"column": "who", "regex": "^x"}}
    text(tmp_path, "suite.json", json.dumps({"name": "a", "expectations": [expectation]}))
    name = table(tmp_path, {"who": [SECRET]})
    [[finding]] = asked(tmp_path, name, ("suite", {"file": "suite.json"}), private=("who",))
    assert "row 1: (private)" in finding.message and SECRET not in finding.message


def test_a_private_column_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    name = table(tmp_path, {"email": ["a"]})
    with pytest.raises(FatalError) as caught:
        asked(tmp_path, name, (REGEX, {"column": "email", "regex": "a"}), private=("emial",))
    assert caught.value.message.endswith("is no column of table.parquet; did you mean 'email'?")


def test_a_watermark_does_not_go_by_a_private_column(tmp_path: Path) -> None:
    name = table(tmp_path, {"born": [1815]})
    with pytest.raises(FatalError, match="goes by born, which is private"):
        asked(
            tmp_path,
            name,
            ("expect_column_values_to_not_be_null", {"column": "born"}),
            private=("born",),
            watermark=Watermark(column="born"),
        )


def test_what_the_reader_quotes_of_a_broken_file_is_left_out(tmp_path: Path) -> None:
    name = text(tmp_path, "a.jsonl", f'{{"who": "{SECRET}"}}\n{{"who": "{SECRET}\n')
    [[finding]] = asked(tmp_path, name, (REGEX, {"column": "who", "regex": "a"}), private=("who",))
    assert "cannot be read as JSONL" in finding.message and SECRET not in finding.message


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Could not convert string 'ada' to INT32", "Could not convert string … to INT32"),
        ("invalid input: \"it's ada\"", "invalid input: …"),
        ("The value 'a' of 'b' cannot be cast", "The value … cannot be cast"),
        ("value 12,345.6 is out of range for the case's own", "value … is out of range for the case's own"),
    ],
)  # fmt: skip
def test_what_an_engine_says_comes_without_values(text: str, left: str) -> None:
    assert without_values(text) == left


def test_the_line_of_a_broken_file_is_told_and_its_values_are_not(tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_text('who,n\nada,1\nbob,2\neve,"3\n')
    case = case_of("broken.csv", [(REGEX, {"column": "who", "regex": "^x"})])
    workspace = Workspace(root=tmp_path, changes=Changes())
    with data.opened(case, workspace, table="broken.csv", private=("who",)) as subject:
        (finding,) = subject.ask(case.asks[0])
    assert isinstance(finding, Finding)
    assert "line 4: a quote is never closed" in finding.message
