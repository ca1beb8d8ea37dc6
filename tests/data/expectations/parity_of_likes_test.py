"""LIKE: great_expectations leaves it to SQL engines (`x LIKE ? ESCAPE ?`), so SQLite is asked beside us."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.peer import Peer, ours
from tests.data.tables import table

WORDS = ["", "a", "A", "ab", "abc", "a%", "a_b", "%", "_", "!", "日本", "a\nb", "\\", "a\\%", None]
PATTERNS = ["", "a", "a%", "%b", "_", "__", "%", "a!%", "!_", "!!", "%!%%", "\\%", "日_", "a_b"]


def _rows(values: list[str | None], patterns: list[str], escape: str | None) -> list[set[int]]:
    """For each pattern, the rows of which SQLite says that they match, in their case."""
    like = "x LIKE ?" + (" ESCAPE ?" if escape else "")
    with sqlite3.connect(":memory:") as database:
        database.execute("PRAGMA case_sensitive_like = ON")  # as PostgreSQL and most engines
        database.execute("CREATE TABLE texts (x TEXT)")
        database.executemany("INSERT INTO texts VALUES (?)", [(value,) for value in values])
        query = f"SELECT rowid FROM texts WHERE {like}"
        bound = [(pattern, escape) if escape else (pattern,) for pattern in patterns]
        return [{row for (row,) in database.execute(query, pair)} for pair in bound]


@settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    values=st.lists(st.sampled_from(WORDS), min_size=1, max_size=20),
    patterns=st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3),
    escape=st.sampled_from([None, "!"]),
)
def test_sqlite_matches_the_same_rows(
    tmp_path: Path, values: list[str | None], patterns: list[str], escape: str | None
) -> None:
    found = _rows(values, patterns, escape)
    name = table(tmp_path, {"x": values})
    there = {row for row, value in enumerate(values, 1) if value is not None}
    several: dict[str, Any] = {"column": "x", "like_pattern_list": patterns, "escape": escape}
    kind = "expect_column_values_to_match_like_pattern_list"
    for match_on, right in (("any", set.union(*found)), ("all", set.intersection(*found))):
        said = ours(tmp_path, name, kind, match_on=match_on, **several)
        assert set(said.rows or ()) == there - right
    kind = "expect_column_values_to_not_match_like_pattern_list"
    assert set(ours(tmp_path, name, kind, **several).rows or ()) == set.union(*found)


def test_the_peer_has_no_like_on_pandas(peer: Peer) -> None:
    """When it has, it can be asked here instead."""
    kind = "expect_column_values_to_match_like_pattern"
    assert peer.says(pd.DataFrame({"x": ["a"]}), kind, column="x", like_pattern="a").raised


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_matches_the_same_words(tmp_path: Path, pattern: str) -> None:
    [found] = _rows(WORDS, [pattern], None)
    kind = "expect_column_values_to_not_match_like_pattern"
    name = table(tmp_path, {"x": WORDS})
    assert set(ours(tmp_path, name, kind, column="x", like_pattern=pattern).rows or ()) == found
