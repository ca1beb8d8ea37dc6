"""The command line as people meet it: a real process in a real repository."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.repositories import NOBODY, clone, commit, git, make_repository, stage, write

RULES = "style:\n  - checks:\n      - flake8: {select: [F]}\n"
CLEAN, UNUSED = "x = 1\n", "import os\n\nx = 1\n"


def smokealarm(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smokealarm", *arguments],
        cwd=folder,
        env={**os.environ, **NOBODY, **env},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A branch that adds an unused import to a file of a repository with one rule."""
    root = make_repository(tmp_path / "repository", {".smokealarm.yaml": RULES, "a.py": CLEAN})
    git(root, "switch", "--quiet", "--create", "work")
    commit(root, {"a.py": UNUSED})
    return root


def test_a_branch_that_adds_nothing_bad_passes_with_exit_code_0(repository: Path) -> None:
    commit(repository, {"a.py": "x = 2\n"})
    done = smokealarm(repository, "check", "--base", "main")
    assert (done.returncode, done.stderr) == (0, "")
    assert "pass" in done.stdout


def test_a_branch_that_adds_a_slip_alarms_on_its_line_with_exit_code_1(repository: Path) -> None:
    done = smokealarm(repository, "check", "--base", "main")
    assert done.returncode == 1
    assert "a.py:1:1" in done.stdout and "F401" in done.stdout


def test_output_that_is_piped_holds_no_escape_codes(repository: Path) -> None:
    done = smokealarm(repository, "check", "--base", "main", NO_COLOR="")
    assert "\033" not in done.stdout + done.stderr


def test_the_command_works_from_a_folder_below_the_root(repository: Path) -> None:
    (repository / "below").mkdir()
    done = smokealarm(repository / "below", "check", "--base", "main")
    assert done.returncode == 1


def test_staged_files_are_judged_as_staged(repository: Path) -> None:
    git(repository, "switch", "--quiet", "main")
    stage(repository, {"b.py": UNUSED})
    write(repository, {"b.py": CLEAN})
    assert smokealarm(repository, "check", "--staged").returncode == 1
    assert smokealarm(repository, "check", "a.py").returncode == 0


def test_the_results_file_makes_every_report_again_and_the_gate_exits_by_it(
    repository: Path,
) -> None:
    smokealarm(repository, "check", "--base", "main", "--results", "out/r.json")
    assert json.loads((repository / "out/r.json").read_text())["verdict"] == "alarm"
    annotations = smokealarm(repository, "report", "out/r.json", "--to", "annotations")
    assert annotations.stdout.startswith("::error file=a.py,line=1,")
    summary = smokealarm(repository, "report", "out/r.json", "--to", "summary")
    assert "F401" in summary.stdout
    assert smokealarm(repository, "gate", "out/r.json").returncode == 1


@pytest.mark.parametrize("command", [["check", "--dry-run"], ["config"]], ids=" ".join)
def test_the_plan_says_what_would_run_and_why_and_runs_nothing(
    repository: Path, command: list[str]
) -> None:
    done = smokealarm(repository, *command, "--base", "main")
    assert done.returncode == 0
    assert "style: all files" in done.stdout
    assert "runs: 1 changed file" in done.stdout
    assert "flake8 (select: ['F'])" in done.stdout


def test_a_case_can_be_asked_for_by_name(repository: Path) -> None:
    done = smokealarm(repository, "check", "--base", "main", "--case", "all file")
    assert done.returncode == 2
    assert "there is no case called 'all file'" in done.stderr
    assert "Did you mean `all files`?" in done.stderr


WRONG = {
    "no configuration": ("", "there is no .smokealarm.yaml here"),
    "an empty configuration": ("\n", ".smokealarm.yaml:1:1: the configuration is empty"),
    "no YAML": ("style: [\n", ".smokealarm.yaml:2:1: this is not YAML"),
    "an unknown check": (
        "style:\n  - checks: [blak]\n",
        ".smokealarm.yaml:2:14: `checks:` has no check `blak`\n  Did you mean `black`?",
    ),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_it_ends_with_exit_code_2_and_a_sentence_for(
    tmp_path: Path, content: str, message: str
) -> None:
    root = make_repository(tmp_path / "r", {"a.py": CLEAN})
    if content:
        write(root, {".smokealarm.yaml": content})
    done = smokealarm(root, "check", "--results", "r.json")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (root / "r.json").exists()


def test_outside_of_a_repository_it_says_so(tmp_path: Path) -> None:
    done = smokealarm(tmp_path, "check")
    assert done.returncode == 2
    assert "is not in a git repository" in done.stderr


def test_a_base_that_does_not_exist_is_named_with_the_command_that_fetches_it(
    repository: Path,
) -> None:
    done = smokealarm(repository, "check", "--base", "origin/mian")
    assert done.returncode == 2
    assert "origin/mian" in done.stderr and "git fetch" in done.stderr


def test_a_shallow_clone_says_what_to_fetch_and_never_that_nothing_changed(
    repository: Path, tmp_path: Path
) -> None:
    shallow = clone(repository, tmp_path / "shallow", "--depth=1", "--branch=work")
    git(shallow, "config", "remote.origin.url", "file:///nowhere")  # else it fetches what it lacks
    done = smokealarm(shallow, "check", "--base", "origin/main")
    assert done.returncode == 2
    assert "git fetch" in done.stderr


def test_a_stage_whose_library_is_missing_names_the_extra(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    hide = "raise ModuleNotFoundError(\"No module named 'duckdb'\", name='duckdb')\n"
    (tmp_path / "hidden" / "duckdb.py").write_text(hide)
    write(repository, {".smokealarm.yaml": "data:\n  - table: t.csv\n    checks: []\n"})
    done = smokealarm(repository, "check", PYTHONPATH=str(tmp_path / "hidden"))
    assert done.returncode == 2
    assert "data needs duckdb, which is not installed" in done.stderr
    assert "pip install 'smokealarm[data]'" in done.stderr


SLOW = """\
memorize:
  - setup: slow:setup
    checks: [memorizes]
"""
FOREVER = "import time\n\n\ndef setup():\n    time.sleep(600)\n"


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=["Ctrl-C", "a polite kill"],
)
def test_it_leaves_nothing_behind_after(tmp_path: Path, number: signal.Signals, code: int) -> None:
    root = make_repository(tmp_path / "r", {".smokealarm.yaml": SLOW, "slow.py": FOREVER})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "smokealarm", "check", "--results", str(tmp_path / "r.json")],
        cwd=root,
        env={**os.environ, **NOBODY, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    )
    child = _child_of(process.pid)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in said
    assert not Path(f"/proc/{child}").exists()
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "r.json").exists()


def _child_of(pid: int) -> int:
    """The process that runs the user's code, once it is there."""
    for _ in range(600):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in children:
            if b"smokealarm.child" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        time.sleep(0.1)
    raise AssertionError("no child was started")


def test_help_teaches_by_examples_and_exit_codes(tmp_path: Path) -> None:
    done = smokealarm(tmp_path, "--help")
    assert done.returncode == 0
    assert "exit codes:" in done.stdout and "smokealarm check --base main" in done.stdout
