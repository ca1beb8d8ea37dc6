"""A column of several kinds of values, as JSONL may hold: great_expectations says the same of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from smokealarm.errors import FatalError
from tests.data.peer import Peer, ours
from tests.data.tables import ask, text

SEVERAL: Sequence[Any] = (1, 2, 3, "abc", "abc", 2.5, None, "3", 8, 9.0)
WHOLE = list(range(1, 11))
BETWEEN = "expect_column_values_to_be_between"


def _written(folder: Path) -> str:
    rows = ({"x": x, "y": y} for x, y in zip(WHOLE, SEVERAL))
    return text(folder, "table.jsonl", "\n".join(map(json.dumps, rows)))


def _frame() -> pd.DataFrame:
    return pd.DataFrame({"x": WHOLE, "y": pd.Series(SEVERAL, dtype=object)})


@pytest.mark.parametrize(
    ("check", "options"),
    [
        pytest.param("expect_column_pair_values_to_be_equal", {}, id="equal"),
        pytest.param(
            "expect_column_pair_values_to_be_in_set",
            {"value_pairs_set": [[1, 1], [4, "abc"], [8, "3"]]},
            id="in pairs",
        ),
        pytest.param(
            "expect_select_column_values_to_be_unique_within_record",
            {"column_list": ["x", "y"]},
            id="unique within the record",
        ),
        pytest.param(
            "expect_multicolumn_values_to_be_equal", {"column_list": ["x", "y"]}, id="all equal"
        ),
        pytest.param(
            "expect_column_values_to_be_in_set",
            {"column": "y", "value_set": [1, "abc", 9, "2.5"]},
            id="in a set",
        ),
        pytest.param(
            "expect_column_values_to_not_be_in_set",
            {"column": "y", "value_set": ["1", 3, 2.5]},
            id="not in a set",
        ),
    ],
)
def test_values_of_several_kinds_are_equal_as_in_python(
    tmp_path: Path, peer: Peer, check: str, options: dict[str, Any]
) -> None:
    if "pair" in check:
        options = {"column_A": "x", "column_B": "y", **options}
    theirs = peer.says(_frame(), check, **options)
    mine = ours(tmp_path, _written(tmp_path), check, **options)
    assert not theirs.raised
    assert mine.rows == theirs.rows
    assert mine.success == theirs.success


@pytest.mark.parametrize(
    "condition",
    [
        "y == 3",
        'y == "3"',
        "y == 9",
        'y != "abc"',
        'y in [3, "abc", 2.5]',
        'y not in [3, "abc"]',
        "x == y",
        "x != y",
        "y.isnull()",
    ],
)
def test_a_row_condition_finds_the_same_rows(tmp_path: Path, peer: Peer, condition: str) -> None:
    """A condition that found none would make the check pass for ever."""
    wanted = {"column": "x", "min_value": 100, "row_condition": condition}
    theirs = peer.says(_frame(), BETWEEN, condition_parser="pandas", **wanted)
    mine = ours(tmp_path, _written(tmp_path), BETWEEN, condition_parser="pandas", **wanted)
    assert theirs.rows and mine.rows == theirs.rows


def test_an_order_of_several_kinds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="y holds type JSON"):
        ask(tmp_path, _written(tmp_path), BETWEEN, column="x", min_value=0, row_condition="y < 5")


def test_true_is_not_one_among_several_kinds(tmp_path: Path) -> None:
    name = text(tmp_path, "table.jsonl", '{"y": true}\n{"y": "a"}\n{"y": 1}\n')
    check = "expect_column_values_to_be_in_set"
    assert ours(tmp_path, name, check, column="y", value_set=[1, "a"]).rows == (1,)
    assert ours(tmp_path, name, check, column="y", value_set=[True, "a"]).rows == (3,)


def test_truth_among_several_kinds_is_written_as_python_writes_it(tmp_path: Path) -> None:
    name = text(tmp_path, "table.jsonl", '{"y": true}\n{"y": "a"}\n{"y": false}\n')
    check = "expect_column_values_to_match_regex"
    assert not ask(tmp_path, name, check, column="y", regex="^(True|False|a)$")
