"""A case as a whole: all questions at once, errors at once, nothing left behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from smokealarm.data.columns import Column, Kind
from smokealarm.data.engine import connected
from smokealarm.data.plan import scans
from smokealarm.data.questions import Faulty, Mean, Missing, NotIn, Repeated
from smokealarm.errors import FatalErrors
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
            (MEAN, {"column": "x"}),
        )
    assert [error.place.line for error in told.value.errors if error.place] == [4, 6]


def test_one_scan_per_column_and_value_counts_only_where_they_pay() -> None:
    x, y = Column("x", "BIGINT", Kind.NUMBER), Column("y", "VARCHAR", Kind.TEXT)
    planned = scans(
        [
            Faulty("x", Missing()),
            Mean("x"),
            Faulty("x", Missing()),
            Faulty("y", NotIn(("a",))),
            Faulty("y", Missing()),
            Faulty("gone", Missing()),
        ],
        {"x": x, "y": y},
    )
    assert [(scan.column, len(scan.faults), scan.grouped) for scan in planned] == [
        (x, 1, False),
        (y, 2, True),
    ]


def test_a_mean_beside_value_counts_has_a_scan_of_its_own() -> None:
    x = Column("x", "DOUBLE", Kind.NUMBER)
    planned = scans([Faulty("x", Repeated()), Mean("x")], {"x": x})
    assert [(scan.grouped, scan.mean) for scan in planned] == [(True, None), (False, Mean("x"))]


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
