from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from great_expectations.expectations.row_conditions import Column

from smokealarm.data.conditions.row_condition import parsed
from smokealarm.errors import FatalError
from tests.data.conditions.meant import ours, theirs
from tests.data.conditions.tables import written
from tests.data.peer import Peer

CONDITIONS = [
    Column("gappy") > 1,
    Column("gappy") != 5,
    Column("text") == "it's",
    Column("text").is_in(["a", "5"]),
    Column("text").is_not_in(["a", "5"]),
    Column("gappy").is_in([]),
    Column("real").is_null(),
    Column("real").is_not_null(),
    (Column("gappy") > 0) & (Column("two words") <= 5),
    (Column("gappy") > 3) | ((Column("text") == "a") & (Column("flag") == True)),  # noqa: E712
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=repr)
def test_the_same_rows_are_meant_as_the_peer_means(
    tmp_path: Path, peer: Peer, condition: Any
) -> None:
    name = written(tmp_path)
    expected = theirs(peer, pd.read_parquet(tmp_path / name), condition, None)
    assert ours(tmp_path, name, condition.dict()) == expected


def test_a_text_that_was_passed_through_is_read_by_its_parser() -> None:
    stored = {"type": "pass_through", "pass_through_filter": "a > 1"}
    assert parsed(stored) == parsed("a > 1")


@pytest.mark.parametrize(
    ("stored", "wrong"),
    [
        ({}, "`row_condition`: {} is no condition"),
        ({"type": "xor", "conditions": []}, "is no condition"),
        ({"type": "and", "conditions": 5}, "`row_condition.conditions`: a list"),
        ({"type": "or", "conditions": [{"type": "nullity"}]}, r"conditions\[0\]`: .* is no"),
        ({"type": "comparison", "column": 5}, "name of a column"),
        ({"type": "comparison", "column": "x", "operator": "~"}, "'~' is no operator"),
        (
            {"type": "comparison", "column": {"name": "x"}, "operator": "==", "parameter": None},
            "None is neither a text nor a number",
        ),
        (
            {"type": "comparison", "column": "x", "operator": "<", "parameter": float("nan")},
            "nothing compares with NaN",
        ),
        (
            {"type": "comparison", "column": "x", "operator": "IN", "parameter": "abc"},
            "IN needs a list",
        ),
    ],
)
def test_what_is_no_condition_is_told_with_its_place(stored: dict[str, Any], wrong: str) -> None:
    with pytest.raises(FatalError, match=wrong):
        parsed(stored)
