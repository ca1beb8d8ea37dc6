"""The verb and the tables, whatever the stage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scipy.stats import binomtest

from smokealarm import drill_tables
from smokealarm.cli import main
from smokealarm.errors import Place
from smokealarm.finding import Level
from smokealarm.results import read
from smokealarm.stage import Case
from smokealarm.trial import Trial
from smokealarm.wilson import wilson
from tests.repositories import make_repository

GATE = "style:\n  - checks:\n      - flake8: {select: [E711]}\n"
MODULE = "def one(a):\n    print(a)\n    return a == None\n"
CASE = Case(stage="style", name="all files", place=Place(".smokealarm.yaml", 2), asks=())


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_repository(tmp_path / "repository", {"a.py": MODULE, ".smokealarm.yaml": GATE})
    monkeypatch.chdir(made)
    return made


def trial(name: str, *, fault: bool, alarmed: bool, check: str = "flake8") -> Trial:
    return Trial(check=check, name=name, is_fault=fault, alarmed=alarmed, detail="why")


def test_the_table_is_shown_and_the_exit_code_is_that_of_a_pass(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drill", "style"]) == 0

    said = capsys.readouterr().out
    assert "the change was fine" in said and "rightly so" in said
    assert "caught" in said and "0 false alarms" in said


def test_the_results_file_has_the_tables_for_every_report(root: Path) -> None:
    assert main(["drill", "--stage", "style", "--results", "drill.json"]) == 0

    outcome = read(root / "drill.json").outcomes[0]
    assert (outcome.check, len(outcome.pictures)) == ("drill", 5)
    assert [one.level for one in outcome.findings] == [Level.NOTICE]
    for form in ("summary", "html", "annotations", "json"):
        assert main(["report", "drill.json", "--to", form]) == 0


def test_nothing_to_copy_is_inconclusive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(tmp_path / "other", {"a.txt": "a", ".smokealarm.yaml": GATE})
    monkeypatch.chdir(root)

    assert main(["drill", "style", "--results", "drill.json"]) == 3

    assert (
        "nothing could be tried"
        in json.loads(Path("drill.json").read_text())["outcomes"][0]["reason"]
    )


@pytest.mark.parametrize("words", [["--stage", "regress"], ["style", "--budget", "0"], ["regress"]])
def test_what_cannot_be_drilled_is_the_users_to_mend(root: Path, words: list[str]) -> None:
    try:
        code: object = main(["drill", *words])
    except SystemExit as end:
        code = end.code
    assert code == 2


def test_the_sum_says_both_shares_and_each_wrong_trial_is_told() -> None:
    tried = [
        *[trial("F401", fault=True, alarmed=True)] * 9,
        trial("E711", fault=True, alarmed=False),
        *[trial("rename", fault=False, alarmed=False)] * 4,
        trial("move", fault=False, alarmed=True),
    ]

    total, missed, false = drill_tables.findings(CASE, tried, seed=7)

    assert total.message == (
        "caught 9 of 10 (90 %; 60 to 98 %) of the planted faults,"
        " alarmed falsely at 1 of 5 (20 %; 4 to 62 %) of the healthy edits"
    )
    assert (total.level, total.evidence) == (Level.WARNING, {"seed": 7})
    assert missed.message == "flake8 missed: E711\nwhy"
    assert false.message == "flake8 alarmed falsely at: move\nwhy"


def test_a_check_that_never_caught_anything_is_named() -> None:
    tried = [trial("black", fault=True, alarmed=False, check="black")]

    *_, last = drill_tables.findings(CASE, tried, seed=0)

    assert last.message == "black caught none of the 1 faults that were planted for it"


def test_the_two_by_two_table() -> None:
    tried = [trial("F401", fault=True, alarmed=True), trial("move", fault=False, alarmed=False)]

    assert drill_tables.two_by_two(tried).rows == [
        ["quiet", "1 rightly so", "0 missed"],
        ["alarmed", "0 false alarms", "1 caught"],
        ["alarmed, share", "0 %; 0 to 79 %", "100 %; 21 to 100 %"],
    ]


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (10, 10), (9, 10), (1, 2), (311, 312)])
def test_wilsons_interval_is_that_of_scipy(hits: int, trials: int) -> None:
    theirs = binomtest(hits, trials).proportion_ci(0.95, method="wilson")

    assert wilson(hits, trials) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_without_a_trial_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
