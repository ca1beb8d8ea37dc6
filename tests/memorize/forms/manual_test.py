"""The manual of the stage: its programs run, its tables are complete, and the examples pass."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from smokealarm.memorize import CHECKS
from smokealarm.memorize.hints import HINTS
from tests.memorize.asking import ALL, ask_here
from tests.repositories import make_repository

ROOT = Path(__file__).resolve().parents[3]
MANUAL = (ROOT / "docs" / "memorize.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", MANUAL, re.DOTALL)


@pytest.mark.parametrize("number", range(4), ids=["four parts", "own step", "Lightning", "Trainer"])
def test_a_program_of_the_manual_runs_and_gives_no_finding(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"manual_{number}.py").write_text(PROGRAMS[number], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    answers = ask_here(f"manual_{number}:setup", *ALL)
    assert [answer.messages for answer in answers.values()] == [[]] * len(ALL)
    assert [answer.doubt for answer in answers.values()] == [None] * len(ALL)


def test_there_are_no_more_programs_than_are_run() -> None:
    assert len(PROGRAMS) == 4


def test_the_manual_says_of_every_check_what_its_docstring_says() -> None:
    text = MANUAL.partition("<!-- checks -->")[2].partition("<!-- end of checks -->")[0]
    told = dict(re.findall(r"^- `(\w+)`: (.*)$", text, re.MULTILINE))
    assert told == {name: (inspect.getdoc(CHECKS[name]) or "").splitlines()[0] for name in CHECKS}


def test_the_manual_names_every_hint() -> None:
    table = MANUAL.partition("## Hints")[2].partition("## ")[0]
    assert [hint for hint in HINTS if f"`{hint}`" not in table] == []


@pytest.mark.parametrize("example", ["lightning", "trainer"])
def test_an_example_repository_passes_and_stays_clean(example: str, tmp_path: Path) -> None:
    files = {
        path.relative_to(ROOT / "examples" / example).as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "examples" / example).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    root = make_repository(tmp_path / "repository", files)
    done = check(root)
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["outcomes"]
    assert [outcome["check"] for outcome in outcomes] == list(ALL)


def test_an_example_with_a_fault_is_caught(tmp_path: Path) -> None:
    """The training step no longer returns its loss."""
    folder = ROOT / "examples" / "lightning"
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    module = files["scans/module.py"]
    files["scans/module.py"] = module.replace("return loss\n", "pass\n", 1)
    done = check(make_repository(tmp_path / "repository", files))
    assert module != files["scans/module.py"]
    assert done.returncode == 1, done.stdout + done.stderr
    assert "nothing that can be trained hangs on the loss" in " ".join(done.stdout.split())


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "smokealarm", "check", "--stage", "memorize", "--all"]
    command += ["--results", str(root.parent / "results.json")]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
