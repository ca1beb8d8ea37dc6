from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from tests.data.tables import ask, table

CHECK = "expect_column_values_to_match_regex"


@pytest.mark.parametrize("options", [{}, {"portable": False}])
def test_nobody_is_told_of_other_engines_unasked(tmp_path: Path, options: dict[str, bool]) -> None:
    name = table(tmp_path, {"x": ["ab"]})
    assert not ask(tmp_path, name, CHECK, column="x", regex="a(?=b)", **options)


def test_a_portable_pattern_passes_where_it_is_asked_for(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["ab"]})
    assert not ask(tmp_path, name, CHECK, column="x", regex="^[a-z]+", portable=True)


def test_what_is_not_portable_is_a_warning_beside_the_verdict(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["ab", "c"]})
    warning, failure = ask(tmp_path, name, CHECK, column="x", regex="a(?=b)", portable=True)
    assert warning.level is Level.WARNING
    assert warning.message == (
        "the pattern a(?=b) is not portable to RE2 (DuckDB, BigQuery): lookaround is refused there"
    )
    assert failure.level is Level.FAILURE and failure.evidence["unexpected_count"] == 1


def test_each_pattern_of_a_list_is_looked_at(tmp_path: Path) -> None:
    kind, name = "expect_column_values_to_match_regex_list", table(tmp_path, {"x": ["ab"]})
    found = ask(tmp_path, name, kind, column="x", regex_list=[r"\bab", "a{,2}"], portable=True)
    assert [warning.evidence["engines"] for warning in found] == [
        "PostgreSQL", "RE2", "RE2, Java, PostgreSQL",
    ]  # fmt: skip
