"""Bad input as people meet it: one clear sentence, the right exit code, and nothing left behind.

What a stage makes of broken tables, suites and set-ups is tested beside the stage, in its own
process; here whole runs are, with another case beside the broken one, whose finding must survive.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.regress.repository import parity
from tests.repositories import NOBODY, Files, commit, git, make_repository, write


class Said(NamedTuple):
    """What a run said, and what it left in a TMPDIR of its own."""

    code: int
    text: str
    left: list[str]
    results: Path


def checked(
    root: Path, *arguments: str, results: str = "../results.json", room: int | None = None
) -> Said:
    """A real run, whose files may have `room` bytes. Its text is on one line: reports wrap theirs."""
    temporary = root.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    which = arguments or ["--all"]  # a table that did not change is not looked at
    limited = [] if room is None else ["prlimit", f"--fsize={room}"]
    done = subprocess.run(
        [*limited, sys.executable, "-m", "smokealarm", "check", *which, "--results", results],
        cwd=root,
        env={**os.environ, **NOBODY, "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    text = " ".join((done.stdout + done.stderr).split())
    # torch makes this folder for its own compiler whenever an optimizer is made
    left = [path.name for path in temporary.iterdir() if not path.name.startswith("torchinductor")]
    return Said(done.returncode, text, left, root / results)


OTHER = """\
data:
  - name: beside
    table: beside.csv
    checks:
      - expect_column_values_to_not_be_null: {column: a}
"""
TABLES = """\
  - table: %s
    checks:
      - expect_column_to_exist: {column: a}
"""
REGRESS = """\
regress:
  - model: odd:load
    suite: %s
    timeout_minutes: %s
    checks: [no_worse, all_right]
"""
MEMORIZE = """\
memorize:
  - setup: smoke:setup
    timeout_minutes: 0.1
    checks: [memorizes, finite]
"""
ODD = "def load():\n    return lambda batch: [n % 2 for n in batch]\n"


def beside(tmp_path: Path, case: str, files: Files) -> Path:
    """A repository with the case, and with another one that has something to find."""
    config = OTHER + case
    all_files = {".smokealarm.yaml": config, "beside.csv": "a,b\n1,2\n,3\n", **files}
    return make_repository(tmp_path / "repository", all_files)


def assert_clean(said: Said, root: Path) -> None:
    """No traceback of ours, nothing left, the other case's finding told, the results file whole."""
    assert "Traceback" not in said.text and "smokealarm itself failed" not in said.text
    assert said.left == []
    assert "a: 1 of 2 values is null" in said.text
    assert [outcome["case"] for outcome in json.loads(said.results.read_text())["outcomes"]]
    assert git(root, "status", "--porcelain") == ""


class Input(NamedTuple):
    """Something bad, the exit code that it ends with, and what is said of it."""

    files: dict[str, str | bytes]
    code: int
    message: str
    case: str = TABLES % "t.csv"


SUITE_OF = REGRESS % ("s.jsonl", "1")
INPUTS = {
    "a healthy table": Input({"t.csv": "a\n1\n"}, 1, "data: t.csv (1 check passed)"),
    "a table that is not there": Input({}, 2, "there is no table 't.csv'"),
    "a table with a merge conflict": Input(
        {"t.csv": "a,b\n<<<<<<< HEAD\n1,2\n=======\n1,3\n>>>>>>> x\n"},
        1,
        "t.csv cannot be read as CSV: a merge conflict is left on line 2",
    ),
    "a table without a name": Input({}, 2, "`table:` is empty", TABLES % '""'),
    "a suite with a broken line": Input(
        {"odd.py": ODD, "s.jsonl": parity(20) + '{"id": \n'},
        2,
        "s.jsonl:21:1 regress this is not JSON: input data was truncated",
        SUITE_OF,
    ),
    "a suite in Latin-1": Input(
        {"odd.py": ODD, "s.jsonl": '{"id": "x", "input": "é", "expected": 1}\n'.encode("latin-1")},
        2,
        "s.jsonl:1:23 regress byte 0xe9 is not UTF-8",
        SUITE_OF,
    ),
    "a suite that is one JSON array": Input(
        {"odd.py": ODD, "s.jsonl": '[\n{"id": 1},\n{"id": 2}\n]\n'},
        2,
        "the suite s.jsonl holds no JSON objects, one per line",
        SUITE_OF,
    ),
    "a model that answers NaN": Input(
        {"odd.py": ODD.replace("n % 2", "float('nan')"), "s.jsonl": parity(20)},
        1,
        "`odd:load` answers NaN to every example",
        SUITE_OF,
    ),
    "a model without any time": Input(
        {"odd.py": ODD, "s.jsonl": parity(20)},
        2,
        "`timeout_minutes: -1` leaves your code nothing to run with",
        REGRESS % ("s.jsonl", "-1"),
    ),
    "a set-up that kills its process": Input(
        {"smoke.py": "import os\n\n\ndef setup():\n    os._exit(0)\n"},
        1,
        "smoke.py:4 memorize/memorizes the set-up crashes: the process that runs your code died",
        MEMORIZE,
    ),
    "a set-up that floods the output and never returns": Input(
        {"smoke.py": "def setup():\n    while True:\n        print('spam ' * 1000)\n"},
        1,
        "your code was stopped at the time limit of 6 seconds",
        MEMORIZE,
    ),
    "a set-up that returns nonsense": Input(
        {"smoke.py": "def setup():\n    return 1, 2\n"}, 2, "setup returned", MEMORIZE
    ),
}


@pytest.mark.parametrize("bad", INPUTS.values(), ids=INPUTS)
def test_one_sentence_and_the_findings_of_the_other_case_for(tmp_path: Path, bad: Input) -> None:
    root = beside(tmp_path, bad.case, bad.files)
    said = checked(root)
    assert said.code == bad.code
    assert bad.message in said.text
    assert_clean(said, root)


LINKS = {
    "a table behind links in a circle": (
        "t.csv",
        "t.csv",
        TABLES % "t.csv",
        "go round in a circle",
    ),
    "a table behind a dangling link": ("t.csv", "gone.csv", TABLES % "t.csv", "link to 'gone.csv'"),
    "a suite behind links in a circle": ("s.jsonl", "s.jsonl", SUITE_OF, "go round in a circle"),
}


@pytest.mark.parametrize(("name", "target", "case", "message"), LINKS.values(), ids=LINKS)
def test_a_link_that_leads_nowhere_is_told(
    tmp_path: Path, name: str, target: str, case: str, message: str
) -> None:
    root = beside(tmp_path, case, {"odd.py": ODD})
    (root / name).symlink_to(target)
    git(root, "add", "--all")
    commit(root)
    said = checked(root)
    assert said.code == 2
    assert message in said.text
    assert_clean(said, root)


@pytest.mark.parametrize(
    ("name", "case"), [("t.csv", TABLES % "t.csv"), ("s.jsonl", SUITE_OF)], ids=["table", "suite"]
)
def test_a_pipe_is_not_waited_for_as_a(tmp_path: Path, name: str, case: str) -> None:
    root = beside(tmp_path, case, {"odd.py": ODD})
    os.mkfifo(root / name)
    said = checked(root)
    assert said.code in (1, 2)
    assert "device, not a file" in said.text
    assert_clean(said, root)


RESULTS = {
    "it is a folder": ("folder", "something is there that is no ordinary file"),
    "its folder is a file": ("beside.csv/results.json", "beside.csv is a file, not a folder"),
    "it is a link": ("link.json", "something is there that is no ordinary file"),
}


@pytest.mark.parametrize(("results", "why"), RESULTS.values(), ids=RESULTS)
def test_findings_are_told_though_the_results_file_cannot_be_written_because(
    tmp_path: Path, results: str, why: str
) -> None:
    root = beside(tmp_path, "", {".gitignore": "link.json\n"})
    (root / "folder").mkdir()
    (root / "link.json").symlink_to("beside.csv")
    said = checked(root, results=results)
    assert said.code == 2
    assert "a: 1 of 2 values is null" in said.text
    assert f"cannot write the results file {results}: {why}" in said.text
    assert "Traceback" not in said.text
    assert git(root, "status", "--porcelain") == ""
    assert (root / "beside.csv").read_text().startswith("a,b")


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="prlimit is of Linux")
def test_a_disk_without_room_leaves_the_results_of_before(tmp_path: Path) -> None:
    root = beside(tmp_path, "", {})
    (tmp_path / "results.json").write_text("before")
    said = checked(root, room=100)
    assert said.code == 2
    assert "a: 1 of 2 values is null" in said.text
    assert "cannot write the results file ../results.json: File too large" in said.text
    assert said.results.read_text() == "before"
    assert sorted(os.listdir(tmp_path)) == ["repository", "results.json", "temporary"]


BASES = {
    "an empty base": ("", "--base is empty"),
    "a base before the first commit": ("main", "has no commit at all yet"),
}


@pytest.mark.parametrize(("base", "message"), BASES.values(), ids=BASES)
def test_nothing_is_judged_against(tmp_path: Path, base: str, message: str) -> None:
    root = make_repository(tmp_path / "repository")
    write(root, {".smokealarm.yaml": OTHER, "beside.csv": "a\n"})
    said = checked(root, "--base", base)
    assert said.code == 2
    assert message in said.text
    assert not said.results.exists()


def test_a_merge_conflict_in_the_configuration_is_called_one(tmp_path: Path) -> None:
    conflict = "<<<<<<< HEAD\nstyle:\n=======\ndata:\n>>>>>>> work\n"
    said = checked(make_repository(tmp_path / "repository", {".smokealarm.yaml": conflict}))
    assert said.code == 2
    assert "A merge conflict is left in the file: resolve it first." in said.text
