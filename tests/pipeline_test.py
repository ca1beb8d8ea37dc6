from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from smokealarm.errors import FatalError, FatalErrors, Inconclusive, Place
from smokealarm.finding import Finding, Level, Machine, Table, Verdict
from smokealarm.pipeline import plan, run
from smokealarm.results import Results, exit_code
from smokealarm.stage import Ask, Case
from smokealarm.workspace import ChangedFile, Changes, LeftOut, Workspace

ASKED = Place(".smokealarm.yaml", 7, 9)
TABLE = Table(title="rows", header=["n"], rows=[[3]])


def _doubt(message: str = "out of time") -> Inconclusive:
    return Inconclusive(message, "Give it more time.")


def _finds() -> Iterator[Any]:
    yield TABLE
    yield Finding(message="bad", path="a.py", line=3, column=2)


def _finds_and_doubts() -> Iterator[Any]:
    yield Finding(message="bad")
    raise _doubt()


def _doubts() -> Iterator[Any]:
    yield from ()
    raise _doubt()


def _breaks() -> Iterator[Any]:
    yield Finding(message="seen before", level=Level.NOTICE)
    raise ZeroDivisionError("ours")


CHECKS: dict[str, Callable[[], Iterator[Any]]] = {
    "quiet": lambda: iter(()),
    "finds": _finds,
    "placeless": lambda: iter([Finding(message="bad")]),
    "finds_and_doubts": _finds_and_doubts,
    "doubts": _doubts,
    "breaks": _breaks,
    "on_a_machine": lambda: iter([Machine(torch="2.13.0", device="cpu")]),
    "odd_name": lambda: iter([Finding(message="bad", path="caf\udce9.py")]),
}


@contextmanager
def opened(case: Case, workspace: Workspace, *, fails: str = "") -> Iterator[Any]:
    if fails == "fatal":
        raise FatalErrors(
            [FatalError("no such table", "Look.", Place("t.yaml", 4)), FatalError("b")]
        )
    if fails == "doubt":
        raise _doubt("no memory")
    if fails == "bug":
        raise ZeroDivisionError("ours")
    yield SimpleNamespace(ask=lambda ask: CHECKS[ask.check]())


def load(name: str) -> Any:
    return SimpleNamespace(CHECKS=CHECKS, opened=opened)


def case(*checks: str, stage: str = "data", name: str = "c", skip: str = "", **more: Any) -> Case:
    asks = tuple(Ask(check=check, place=ASKED, skip=skip) for check in checks)
    return Case(stage=stage, name=name, place=Place(".smokealarm.yaml", 5, 5), asks=asks, **more)


def results_of(*cases: Case, changes: Changes | None = None) -> Results:
    changes = changes or Changes(described="everything", everything=True)
    workspace = Workspace(root=Path.cwd(), changes=changes)
    return run(plan(cases, changes), workspace, load)


def test_a_run_in_which_nothing_is_seen_passes() -> None:
    results = results_of(case("quiet"))
    assert (results.verdict, exit_code(results)) == (Verdict.PASS, 0)
    assert results.findings == ()


@pytest.mark.parametrize(
    ("checks", "verdict", "code"),
    [
        (["quiet", "finds"], Verdict.ALARM, 1),
        (["quiet", "doubts"], Verdict.INCONCLUSIVE, 3),
        (["doubts", "finds"], Verdict.ALARM, 1),
        (["finds_and_doubts"], Verdict.ALARM, 1),
    ],
    ids=["a finding", "a doubt", "a doubt and a finding", "a finding and then a doubt"],
)
def test_the_loudest_outcome_is_the_verdict_of(
    checks: list[str], verdict: Verdict, code: int
) -> None:
    results = results_of(case(*checks))
    assert (results.verdict, exit_code(results)) == (verdict, code)


def test_a_finding_is_stamped_with_rule_and_case_and_keeps_its_own_place() -> None:
    (finding,) = results_of(case("finds")).findings
    assert (finding.rule, finding.case) == ("data/finds", "c")
    assert (finding.path, finding.line, finding.column) == ("a.py", 3, 2)


def test_a_finding_without_a_place_is_pinned_to_the_line_that_asked() -> None:
    (finding,) = results_of(case("placeless")).findings
    assert (finding.path, finding.line, finding.column) == (".smokealarm.yaml", 7, 9)


def test_a_level_that_the_user_lowered_is_obeyed_and_does_not_alarm() -> None:
    asked = Ask(check="finds", place=ASKED, level=Level.WARNING)
    results = results_of(Case(stage="data", name="c", place=ASKED, asks=(asked,)))
    assert [finding.level for finding in results.findings] == [Level.WARNING]
    assert results.verdict is Verdict.PASS


def test_pictures_are_kept_beside_the_findings() -> None:
    assert results_of(case("finds")).outcomes[0].pictures == (TABLE,)


def test_a_doubt_keeps_what_was_seen_before_it_and_says_why() -> None:
    (outcome,) = results_of(case("finds_and_doubts")).outcomes
    assert len(outcome.findings) == 1
    assert (outcome.reason, outcome.remedy) == ("out of time", "Give it more time.")


def test_a_doubt_at_the_opening_is_every_check_s_answer() -> None:
    results = results_of(case("quiet", "finds", settings={"fails": "doubt"}))
    assert [outcome.reason for outcome in results.outcomes] == ["no memory", "no memory"]


def test_what_the_user_must_mend_ends_its_case_but_loses_no_other_finding() -> None:
    results = results_of(case("quiet", settings={"fails": "fatal"}), case("finds", name="d"))
    assert exit_code(results) == 2
    assert [(error.path, error.line, error.message) for error in results.errors] == [
        ("t.yaml", 4, "no such table"),
        (".smokealarm.yaml", 5, "b"),
    ]
    assert len(results.findings) == 1


@pytest.mark.parametrize("where", ["at the opening", "in a check"])
def test_a_bug_of_ours_is_a_doubt_with_a_traceback_never_a_pass(
    where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = (
        case("quiet", settings={"fails": "bug"}) if where == "at the opening" else case("breaks")
    )
    results = results_of(broken, case("finds", name="d"))
    assert results.outcomes[0].verdict is Verdict.INCONCLUSIVE
    assert "smokealarm itself failed: ZeroDivisionError: ours" in results.outcomes[0].reason
    assert "Traceback" in capsys.readouterr().err
    assert results.outcomes[-1].verdict is Verdict.ALARM


def test_a_skipped_check_is_a_silence_with_its_reason() -> None:
    results = results_of(case("finds", skip="known, see #3"))
    assert results.outcomes == ()
    assert [(silence.check, silence.reason) for silence in results.silences] == [
        ("finds", "known, see #3")
    ]


def test_a_file_name_that_is_not_utf8_is_shown_escaped() -> None:
    (finding,) = results_of(case("odd_name")).findings
    assert finding.path == "caf\\xe9.py"


CHANGED = Changes(
    described="main...HEAD",
    files=(ChangedFile(path="src/a.py", blob="0" * 40),),
    left_out=(LeftOut("data/old.csv", "deleted"),),
)


@pytest.mark.parametrize(
    ("settings", "runs", "why"),
    [
        ({}, True, "it has no `files:`, so every change concerns it"),
        ({"files": r"\.py$"}, True, r"1 changed file matching \.py$"),
        ({"files": "^data/"}, True, "1 changed file matching ^data/"),
        ({"files": "^docs/"}, False, "no changed file matching ^docs/"),
    ],
    ids=["without files", "with a match", "with a deleted match", "without a match"],
)
def test_the_plan_says_whether_a_case_runs_and_why(
    settings: Mapping[str, Any], runs: bool, why: str
) -> None:
    (step,) = plan([case("quiet", **settings)], CHANGED)
    assert (step.runs, step.why) == (runs, why)


@pytest.mark.parametrize(
    ("about", "runs", "why"),
    [
        ("src/a.py", True, "src/a.py changed"),
        ("src", True, "src/a.py changed"),
        ("data/old.csv", True, "data/old.csv changed"),
        ("src/a", False, "no change to src/a; --all runs it all the same"),
    ],
    ids=["the file itself", "a folder above it", "a deleted file", "a name that only begins so"],
)
def test_a_case_that_names_its_files_runs_when_they_change(
    about: str, runs: bool, why: str
) -> None:
    (step,) = plan([case("quiet", about=(about,))], CHANGED)
    assert (step.runs, step.why) == (runs, why)


def test_a_case_that_names_its_files_runs_when_it_is_itself_changed() -> None:
    changes = Changes(files=(ChangedFile(path=".smokealarm.yaml", blob="0" * 40),))
    (step,) = plan([case("quiet", about=("data.csv",))], changes)
    assert (step.runs, step.why) == (True, ".smokealarm.yaml changed")


def test_a_case_that_names_its_files_runs_when_everything_is_meant() -> None:
    (step,) = plan([case("quiet", about=("data.csv",))], Changes(everything=True))
    assert step.runs


def test_what_does_not_run_is_a_silence() -> None:
    results = results_of(case("finds", files="^docs/", stage="style"), changes=CHANGED)
    said: Iterable[tuple[str, str]] = [(one.case, one.path) for one in results.silences]
    assert list(said) == [("c", ""), ("", "data/old.csv")]
    assert results.verdict is Verdict.PASS


def test_the_machine_that_a_stage_names_is_told_in_the_environment() -> None:
    results = results_of(case("quiet", "on_a_machine"))
    assert (results.environment.torch, results.environment.device) == ("2.13.0", "cpu")
    assert results.outcomes[1].pictures == ()


def test_a_file_that_no_style_case_could_judge_is_no_silence() -> None:
    assert results_of(case("quiet"), changes=CHANGED).silences == ()
