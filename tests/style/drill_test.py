from __future__ import annotations

import os
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from smokealarm import changes, drill
from smokealarm.finding import Level, Verdict
from smokealarm.results import Results
from smokealarm.stage import Ask, Case
from smokealarm.style.drill import FAULTS, LANGUAGE, trials
from smokealarm.style.drilling import planting
from smokealarm.style.drilling.bare import Bare
from smokealarm.style.drilling.edit import Copy
from smokealarm.style.drilling.planting import Plant
from smokealarm.trial import Gate, Terms, Trial, Tried, Undrilled
from smokealarm.workspace import Workspace
from tests.repositories import commit, git, make_repository, stage, write
from tests.style.judging import HERE, ask, judged

MODULE = '''"""A module."""

import os


def first(value):
    """Say where."""
    place = os.getcwd()
    print("the place", place)
    return value == None


def second(a,b):
    total = 1
    print(a + b + total)
    return total
'''
SCRIPT = "#!/bin/bash\nset -e\necho $1\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {"src/a.py": MODULE, "run.sh": SCRIPT}
    return make_repository(tmp_path / "repository", files)


def tried(
    root: Path, *asks: Ask, gate: Gate = drill.gate, seed: int = 0, most: int = 500, **case: Any
) -> list[Tried]:
    """What is tried first, in its random order."""
    workspace = Workspace(root=root, changes=changes.whole_tree(root))
    terms = Terms(gate=gate, whole=drill.whole, seed=seed, is_over=lambda: False)
    made = Case(stage="style", name="all files", place=HERE, asks=asks, **case)
    found: list[Tried] = []
    with closing(trials(made, workspace, terms)) as tries:
        for one in tries:
            found.append(one)
            if len(of_trials(found)) == most:
                break
    return found


def of_trials(found: list[Tried]) -> list[Trial]:
    return [one for one in found if isinstance(one, Trial)]


def reasons(found: list[Tried]) -> dict[str, str]:
    return {one.name or one.check: one.reason for one in found if isinstance(one, Undrilled)}


@pytest.mark.parametrize("check", ["black", "flake8", "shellcheck"])
def test_every_fault_breaks_its_rule_and_what_stood_there_before_does_not(
    check: str, tmp_path: Path
) -> None:
    copy = Copy("a.py" if LANGUAGE[check] == "python" else "a.sh", LANGUAGE[check], "")
    options = {"ignore": ["E000"], "max_complexity": 10} if check == "flake8" else {}
    plants = [Plant(check, fault, copy, n) for n, fault in enumerate(FAULTS[check])]
    after = [planting.probe(plant) for plant in plants]
    before = [
        planting.probe(plant._replace(fault=plant.fault._replace(after=plant.fault.before)))
        for plant in plants
    ]

    for edits, is_broken in ((after, True), (before, False)):
        (tmp_path / str(is_broken)).mkdir()
        files = {one.path: one.head[one.path] or b"" for one in edits}
        seen = Bare(tmp_path / str(is_broken)).seen(check, options, files)
        codes = {path: {code for code, _ in found} for path, found in seen.items()}
        wrong = [one.code for one in edits if (one.code in codes[one.path]) != is_broken]
        assert wrong == []


def test_the_gate_is_right_about_every_fault_and_every_healthy_edit(root: Path) -> None:
    found = of_trials(tried(root, ask("flake8", select=["E711", "F401", "F841", "E20"])))

    assert [one for one in found if not one.is_right] == []
    assert {"E711", "F401", "F841", "E201"} <= {one.name for one in found if one.is_fault}
    assert len([one for one in found if not one.is_fault]) >= 15


def test_black_and_shellcheck_are_drilled_too(root: Path) -> None:
    commit(root, {"src/c.py": 'def third():\n    """Do nothing."""\n    print()\n    print()\n'})

    found = of_trials(tried(root, ask("black"), ask("shellcheck"), most=100))

    assert [one for one in found if not one.is_right] == []
    assert Counter((one.check, one.is_fault) for one in found).keys() == {
        ("black", True),
        ("black", False),
        ("shellcheck", True),
        ("shellcheck", False),
    }


def deaf(case: Case, root: Path, base: str, head: str) -> Results:
    """A gate that never alarms."""
    return Results(version=1, verdict=Verdict.PASS)


def test_a_deaf_gate_misses_every_fault_and_the_trial_shows_what_was_changed(root: Path) -> None:
    found = of_trials(tried(root, ask("flake8", select=["E711"]), gate=deaf))

    missed = [one for one in found if one.is_fault]
    assert missed and not any(one.is_right for one in missed)
    assert all("it said nothing\n--- " in one.detail for one in missed)
    assert all(one.is_right for one in found if not one.is_fault)


def test_the_gate_that_blames_whole_files_alarms_falsely(root: Path) -> None:
    asked = ask("flake8", select=["E711", "E231"])

    found = of_trials(tried(root, asked, settings={"scope": "files"}))

    false = {one.name for one in found if not one.is_right and not one.is_fault}
    assert {"add a comment", "rename the file", "make it executable"} <= false
    assert all(one.alarmed for one in found if one.is_fault)


def test_the_gate_that_looks_at_changed_lines_misses_what_a_deletion_breaks(root: Path) -> None:
    asked = ask("flake8", select=["F401", "F841"])

    found = of_trials(tried(root, asked, settings={"scope": "lines"}))

    missed = {one.name for one in found if one.is_fault and not one.alarmed}
    assert missed == {"F401", "F841"}


def test_a_rule_that_nobody_opted_into_is_no_miss(root: Path) -> None:
    commit(root, {".flake8": "[flake8]\nselect = E711\n"})

    found = tried(root, ask("flake8"))

    assert {one.name for one in of_trials(found) if one.is_fault} == {"E711"}
    assert "not opted into" in reasons(found)["F401"]


def test_with_a_record_its_rules_count_and_no_others(root: Path) -> None:
    record = "flake8 E711 src/ new\nflake8 F401 src/ strict\n"
    commit(root, {".smokealarm-style": record})

    found = tried(root, ask("flake8"), settings={"record": ".smokealarm-style"})

    assert {one.name for one in of_trials(found) if one.is_fault} == {"E711", "F401"}
    assert [one for one in of_trials(found) if not one.is_right] == []
    assert "not opted into" in reasons(found)["F841"]


def test_what_cannot_be_drilled_says_why(root: Path) -> None:
    git(root, "rm", "--quiet", "run.sh")
    skipped = Ask(check="black", place=HERE, skip="see issue 12")

    found = tried(root, skipped, ask("shellcheck"), ask("record"))

    assert found == [
        Undrilled(check="black", reason="see issue 12"),
        Undrilled(
            check="shellcheck", reason="the change has no file that can be copied for it: try --all"
        ),
        Undrilled(check="record", reason="no faults are known for this check"),
    ]


def test_the_same_seed_tries_the_same_and_another_one_something_else(root: Path) -> None:
    asked = ask("flake8", select=["E711"])

    first, again, other = (tried(root, asked, seed=seed, most=8) for seed in (1, 1, 2))

    assert first == again != other


def test_when_the_time_is_over_it_says_how_much_was_left_out(root: Path) -> None:
    count = iter(range(1000))
    workspace = Workspace(root=root, changes=changes.whole_tree(root))
    asked = ask("flake8", select=["E711", "F401"])
    made = Case(stage="style", name="all files", place=HERE, asks=(asked,))
    terms = Terms(gate=drill.gate, whole=drill.whole, seed=0, is_over=lambda: next(count) > 5)

    found = list(trials(made, workspace, terms))

    left_out = [
        one.name for one in found if isinstance(one, Undrilled) and "--budget" in one.reason
    ]
    assert len(of_trials(found)) == 4
    assert len(left_out) == 1 and int(left_out[0].split(" ")[0]) > 20


ODD = ["-dash", "with space", "new\nline", 'quo"te', "back\\slash", os.fsdecode(b"caf\xe9")]


def test_odd_names_are_drilled_like_any_other(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "odd", {f"{name}.py": MODULE for name in ODD})

    found = of_trials(tried(root, ask("flake8", select=["E711"]), most=40))

    assert found and [one for one in found if not one.is_right] == []


def test_before_the_first_commit_and_untracked_files_are_drilled(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "new")
    write(root, {"a.py": MODULE})
    workspace = Workspace(root=root, changes=changes.working_tree(root))
    made = Case(stage="style", name="all files", place=HERE, asks=(ask("flake8", select=["E711"]),))

    found = list(
        trials(
            made,
            workspace,
            Terms(gate=drill.gate, whole=drill.whole, seed=0, is_over=lambda: False),
        )
    )

    assert of_trials(found) and all(one.is_right for one in of_trials(found))


def test_in_a_hook_that_points_git_to_an_index_nothing_of_the_users_is_touched(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage(root, {"src/a.py": MODULE + "\n\nimport re\n"})
    monkeypatch.setenv("GIT_DIR", str(root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(root / ".git" / "index"))
    before = _everything(root)

    found = tried(root, ask("flake8", select=["E711"]), most=8)

    assert of_trials(found) and _everything(root) == before
    assert os.environ["GIT_DIR"] == str(root / ".git")


def _everything(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_nothing_is_left_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = root.parent / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    assert of_trials(tried(root, ask("flake8", select=["E711"]), most=8))

    assert list(folder.iterdir()) == [] and git(root, "status", "--porcelain") == ""


def test_blank_lines_alone_in_a_new_file_are_not_taken_for_code_that_moved(root: Path) -> None:
    """The drill found this miss: no line was there to be compared with what other files lost."""
    stage(root, {"new.py": "print(1)\n\n\n\n\nprint(2)\n", "src/a.py": ""})

    found = judged(root, ask("black"), files="^new")

    assert [(one.path, one.level) for one in found] == [("new.py", Level.FAILURE)]
