from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from great_expectations.expectations.core.expect_query_results_to_match_comparison import (
    ExpectQueryResultsToMatchComparison,
)

from smokealarm.errors import FatalError
from tests.data.tables import ask, table, text

CHECK = "expect_query_results_to_match_comparison"


def compare(folder: Path, other: str, mostly: float = 1.0, query: str = "FROM {batch}") -> Any:
    name = table(folder, {"kind": ["a", "b", "b", None], "n": [1, 2, 2, 4]})
    text(folder, "other.csv", "label,count\n" + other)
    options = {"base_query": "SELECT kind, n FROM {batch}", "comparison_query": query}
    return ask(
        folder, name, CHECK, comparison_data_source_name="other.csv", mostly=mostly, **options
    )


def test_the_same_rows_in_another_order_pass(tmp_path: Path) -> None:
    assert not compare(tmp_path, "b,2\n,4\na,1\nb,2\n")


@pytest.mark.parametrize(
    ("other", "unexpected"),
    [
        pytest.param("b,2\n,4\na,1\n", 1, id="a row that stands twice needs two"),
        pytest.param("b,2\n,4\na,1\nb,2\nc,5\n", 1, id="one more there"),
        pytest.param("x,1\n", 4, id="none in common"),
    ],
)
def test_differences_are_counted_as_the_peer_counts_them(
    tmp_path: Path, other: str, unexpected: int
) -> None:
    (finding,) = compare(tmp_path, other)
    rows = [row.split(",") for row in other.splitlines()]
    theirs: Sequence[tuple[Any, ...]] = [(kind or None, int(n)) for kind, n in rows]
    mine = [("a", 1), ("b", 2), ("b", 2), (None, 4)]
    said: Any = ExpectQueryResultsToMatchComparison(
        base_query="", comparison_data_source_name="", comparison_query=""
    )._validate(
        {
            "base_query.table": [dict(enumerate(row)) for row in mine],
            "comparison_query.data_source_table": [dict(enumerate(row)) for row in theirs],
        }
    )
    assert finding.evidence["unexpected_count"] == said["result"]["unexpected_count"] == unexpected
    percent = said["result"]["unexpected_percent"]
    assert finding.evidence["unexpected_percent"] == pytest.approx(percent)


def test_mostly_allows_a_few(tmp_path: Path) -> None:
    assert not compare(tmp_path, "b,2\n,4\na,1\n", mostly=0.75)
    assert compare(tmp_path, "b,2\n,4\na,1\n", mostly=0.76)


def test_two_empty_answers_are_the_same(tmp_path: Path) -> None:
    name = table(tmp_path, {"n": [1]})
    query = "SELECT n FROM {batch} WHERE n > 1"
    options = {"base_query": query, "comparison_query": query}
    assert not ask(tmp_path, name, CHECK, comparison_data_source_name=name, **options)


def test_neither_query_reads_another_file(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="Cannot access file"):
        compare(tmp_path, "a,1\n", query="SELECT * FROM {batch}, read_text('/etc/hostname')")
