"""A finding about a line of a text table says since when that line is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.data.blame import since
from tests.data.tables import ask, table
from tests.repositories import commit, git, make_repository, write

BETWEEN = "expect_column_values_to_be_between"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A table whose third line is of the second commit, and whose fourth is not committed."""
    made = make_repository(tmp_path / "repository", {"a.csv": "x\n1\n"})
    commit(made, {"a.csv": "x\n1\n-1\n"})
    write(made, {"a.csv": "x\n1\n-1\n-2\n"})
    return made


def test_a_committed_line_is_told_with_its_commit_author_and_day(root: Path) -> None:
    head = git(root, "rev-parse", "HEAD")[:7]
    day = git(root, "log", "-1", "--format=%ad", "--date=format-local:%Y-%m-%d")
    (finding,) = ask(root, "a.csv", BETWEEN, column="x", min_value=0)
    assert finding.evidence["since"] == f"of {head} (Nobody, {day})"
    assert finding.message.endswith(f"; line 3 is of {head} (Nobody, {day})")


def test_a_line_that_is_not_committed_yet_is_told_so(root: Path) -> None:
    assert since(root, "a.csv", 4) == "not committed yet"


def test_what_git_does_not_know_is_left_out(root: Path, tmp_path: Path) -> None:
    write(root, {"new.csv": "x\n-1\n"})
    assert since(root, "new.csv", 2) == ""
    assert since(root, "a.csv", 99) == ""
    assert since(tmp_path, "a.csv", 1) == ""


def test_a_table_without_lines_is_as_ever(root: Path) -> None:
    (finding,) = ask(root, table(root, {"x": [-1]}), BETWEEN, column="x", min_value=0)
    assert "since" not in finding.evidence


def test_a_line_that_takes_too_long_to_look_up_is_left_out(root: Path) -> None:
    assert since(root, "a.csv", 3, seconds=1e-9) == ""
