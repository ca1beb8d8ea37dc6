"""The stage `data`: do the basic properties of a table hold? The words are great_expectations'."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from smokealarm.data.about import files
from smokealarm.data.sources.source import source_of
from smokealarm.data.subject import answered, planned
from smokealarm.loading import Shelf
from smokealarm.stage import Case, Subject
from smokealarm.workspace import Workspace

CHECKS = Shelf(
    {
        "data.expectations": (
            "expect_column_mean_to_be_between",
            "expect_column_to_exist",
            "expect_column_values_to_be_between",
            "expect_column_values_to_be_in_set",
            "expect_column_values_to_be_of_type",
            "expect_column_values_to_be_unique",
            "expect_column_values_to_match_regex",
            "expect_column_values_to_not_be_null",
            "expect_table_columns_to_match_set",
            "expect_table_row_count_to_be_between",
        ),
    }
)


def about(case: Case) -> tuple[str, ...]:
    """The files on which the verdict rests."""
    return files(case, CHECKS)


@contextmanager
def opened(case: Case, workspace: Workspace, *, table: str) -> Iterator[Subject]:
    """A table that has answered every check of the case.

    Options:
        table: a Parquet, CSV (`.csv`, `.tsv`) or JSONL (`.jsonl`, `.ndjson`) file of the
            repository, relative to its root. Text is UTF-8; the first record of a CSV file is its
            header; what `pandas.read_csv` takes for missing (`NA`, `null`, …) is missing here too.
    """
    understood = planned([ask for ask in case.asks if not ask.skip], CHECKS)
    place = case.places.get("table", case.place)
    source = source_of(table, workspace.root, place)
    with answered(source, understood, workspace.root) as subject:
        yield subject
