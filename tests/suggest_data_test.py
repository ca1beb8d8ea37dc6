"""`smokealarm suggest data`: shows a suite, writes it on demand, and loses nothing that was written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sklearn.datasets import load_iris

from smokealarm.cli import main
from smokealarm.commands.adding import added
from smokealarm.config import cases_of
from smokealarm.loading import load
from smokealarm.stage import FILE_NAME
from tests.repositories import make_repository

CASE = [
    "- name: t",
    "  table: t.csv",
    "  checks:",
    "    # why",
    "    - expect_column_to_exist: {column: a}",
]
BEFORE = {
    "nothing": "",
    "a comment only": "# ours\n",
    "another stage": "style:\n  - checks: [black]  # ours\n",
    "no newline at its end": "style:\n  - checks: [black]",
    "windows line ends": "style:\r\n  - checks: [black]\r\n",
    "the stage, last": "data:\n  # first\n  - table: a.csv\n    checks: []\n",
    "the stage, first": "data:\n- table: a.csv\n  checks: []\n\n# about style\nstyle:\n  - checks: [black]\n",
    "the stage, deeply indented": "data:\n      - table: a.csv\n        checks: []\n",
    "a mark at its start": "\ufeffstyle:\n  - checks: [black]\n",
}


@pytest.mark.parametrize("what", BEFORE)
def test_a_case_is_added_and_every_line_of_before_stays(what: str) -> None:
    before = BEFORE[what]
    made = added(before.encode(), "data", CASE)
    assert made is not None
    after = made.decode().splitlines()
    assert [line for line in before.splitlines() if line not in after] == []
    cases = cases_of(made, FILE_NAME, load)
    assert [case.settings["table"] for case in cases if case.stage == "data"][-1] == "t.csv"
    assert ("\r\n" in made.decode()) == ("\r\n" in before)


@pytest.mark.parametrize("before", ["data: []\n", "{style: [{checks: [black]}]}\n", "- a\n"])
def test_what_cannot_be_continued_is_left_alone(before: str) -> None:
    assert added(before.encode(), "data", CASE) is None


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    iris = load_iris(as_frame=True).frame.to_csv(index=False)
    made = make_repository(tmp_path / "repository", {"data/iris.csv": iris})
    monkeypatch.chdir(made)
    return made


def test_the_suite_is_shown_and_nothing_is_written(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["suggest", "data", "data/iris.csv"]) == 0
    said = capsys.readouterr().out
    suite = said[said.index("\ndata:\n") :]
    (case,) = cases_of(suite.encode(), FILE_NAME, load)
    assert len(case.asks) > 5
    assert "Learnt from 150 rows, for batches of about 150 rows." in said
    assert not (root / FILE_NAME).exists()


def test_what_is_written_passes_on_the_table_that_it_was_learnt_from(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / FILE_NAME).write_text("# ours\nstyle:\n  - checks: [black]\n")
    assert main(["suggest", "data", "data/iris.csv", "--write", "--name", "flowers"]) == 0
    assert "+  - name: flowers" in capsys.readouterr().out
    assert (root / FILE_NAME).read_text().startswith("# ours\nstyle:\n  - checks: [black]\n")
    assert main(["check", "--all", "--stage", "data"]) == 0


def test_programs_get_every_line_with_its_reason(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["suggest", "data", "data/iris.csv", "--format", "json"]) == 0
    (outcome,) = json.loads(capsys.readouterr().out)["outcomes"]
    assert all(catches for *_, catches in outcome["pictures"][0]["rows"])


def test_too_few_rows_are_inconclusive(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "few.csv").write_text("a\n1\n2\n")
    assert main(["suggest", "data", "few.csv", "--write"]) == 3
    assert not (root / FILE_NAME).exists()


@pytest.mark.parametrize("share", ["0", "1", "a", "-0.1"])
def test_a_target_that_is_no_share_is_refused(
    root: Path, share: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["suggest", "data", "data/iris.csv", "--target", share])
    assert left.value.code == 2
    assert "is no share between 0 and 0.5" in capsys.readouterr().err
