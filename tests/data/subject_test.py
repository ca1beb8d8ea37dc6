"""A case as a whole: all questions at once, errors at once, nothing left behind."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from smokealarm.data.duck.connection import connected
from smokealarm.data.duck.measures import measured
from smokealarm.data.duck.scans import Scan, scans
from smokealarm.data.duck.table import Tables
from smokealarm.data.questions import Faulty, Missing, NotIn, Number, Question, Repeated
from smokealarm.data.sources.source import source_of
from smokealarm.errors import FatalErrors, Place
from tests.data.tables import ask, asked, table

NOT_NULL = "expect_column_values_to_not_be_null"
MEAN = "expect_column_mean_to_be_between"
UNIQUE = "expect_column_values_to_be_unique"
BETWEEN = "expect_column_values_to_be_between"


def test_many_questions_about_one_column_are_each_answered(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": [1, 2, 2, None], "y": [1, 2, 3, 4]}, kind)
    counts = asked(
        tmp_path,
        name,
        (NOT_NULL, {"column": "x", "mostly": 0.75}),
        (UNIQUE, {"column": "x"}),
        (MEAN, {"column": "x", "min_value": 1.6, "max_value": 1.7}),
        (BETWEEN, {"column": "x", "max_value": 1}),
        (BETWEEN, {"column": "y", "max_value": 3}),
    )
    found = [[finding.evidence["unexpected_count"] for finding in each] for each in counts]
    assert found == [[], [2], [], [2], [1]]


def test_a_column_that_is_missing_leaves_the_other_checks_their_answers(tmp_path: Path) -> None:
    name = table(tmp_path, {"label": [1, None]})
    wrong, right = asked(
        tmp_path, name, (NOT_NULL, {"column": "lable"}), (NOT_NULL, {"column": "label"})
    )
    assert wrong[0].message.endswith("did you mean 'label'?")
    assert right[0].evidence["unexpected_count"] == 1


def test_everything_wrong_with_the_options_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FatalErrors) as told:
        asked(
            tmp_path,
            "not-there.csv",
            (NOT_NULL, {"column": "x", "mostly": 2.0}),
            (NOT_NULL, {"column": "x"}),
            (BETWEEN, {"column": "x"}),
        )
    assert [error.place.line for error in told.value.errors if error.place] == [4, 6]


def planned_scans(folder: Path, questions: Sequence[Question[Any]]) -> list[Scan]:
    """The scans that are planned for the questions about a table with numbers and texts."""
    table(folder, {"x": [1.0, 2.0] * 50, "y": ["a", "b"] * 50})
    source = source_of("table.parquet", folder, Place(".smokealarm.yaml"))
    with connected() as connection:
        tables = Tables(connection, questions, folder)
        tables.open("", source)
        asked = [measured(tables[""].relation, question) for question in questions]
        return list(scans([one for one in asked if one]))


def test_one_scan_per_column_and_value_counts_only_where_they_pay(tmp_path: Path) -> None:
    planned = planned_scans(
        tmp_path,
        [
            Faulty("x", Missing()),
            Number("x", "mean"),
            Faulty("y", NotIn(("a",))),
            Faulty("y", Missing()),
        ],
    )
    assert [(scan.column, len(scan.asked), scan.by_counts) for scan in planned] == [
        ("x", 2, False),
        ("y", 2, True),
    ]


def test_a_mean_beside_value_counts_has_a_scan_of_its_own(tmp_path: Path) -> None:
    planned = planned_scans(tmp_path, [Faulty("x", Repeated()), Number("x", "mean")])
    assert [(scan.by_counts, len(scan.asked)) for scan in planned] == [(True, 1), (False, 1)]


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    ask(tmp_path, table(tmp_path, {"x": range(10)}, "csv"), UNIQUE, column="x")
    assert not list((tmp_path / "tmp").iterdir())


def test_the_engine_fetches_no_extension() -> None:
    with connected() as connection:
        query = "SELECT current_setting('autoinstall_known_extensions')"
        assert connection.execute(query).fetchall() == [(False,)]
