"""The same change has one digest: as a hook, on the command line and on GitHub, in any order or split."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repositories import commit, git, make_repository, stage

CONFIGURATION = "style:\n  - checks: [black, flake8, shellcheck]\n"
BASE = {
    ".smokealarm.yaml": CONFIGURATION,
    "old.py": "import os\n\n\ndef f(x):\n    return x == None\n",
    "sub/pyproject.toml": "[tool.black]\nline-length = 60\n",
    "run.sh": "#!/bin/sh\n. ./lib.sh\n",
    "lib.sh": "word=a\n",
    "gone.py": "def g(x):\n    return x == None\n" + "\n\nclass Long:\n" + "    a = 1\n" * 50,
    "data.csv": "1\n",
}
CHANGE = {
    "old.py": "import os\nimport re\n\n\ndef f(x):\n    return x == None\n",
    "sub/new.py": "x=1\n\n\ndef g(x):\n    return x == None\n",
    "run.sh": "#!/bin/sh\n. ./lib.sh\necho $1\n",
    "data.csv": "2\n",
    "with space.py": "y = 2\n",
}
JUDGED = [name for name in CHANGE if name != "data.csv"]
DIGEST = re.compile(
    r"digest (\w{12}) \(tools (\w+), configuration (\w+), policy (\w+), change (\w+)\)"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_repository(tmp_path / "repository", BASE)
    git(root, "rm", "--quiet", "gone.py")
    stage(root, CHANGE)
    return root


def said(root: Path, *arguments: str, door: str = "smokealarm", **env: str) -> str:
    modules = {"smokealarm": "smokealarm", "hook": "smokealarm_hooks.style"}
    run = f"import sys; from {modules[door]} import main; sys.exit(main())"
    command = [sys.executable, "-m", "smokealarm", "check", *arguments]
    if door == "hook":
        command = [sys.executable, "-c", run, *arguments]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, **env}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1, done.stderr
    return done.stdout


def digest(text: str) -> tuple[str, ...]:
    found = DIGEST.search(" ".join(text.split()))
    assert found, text
    return found.groups()


def alarms(text: str) -> set[str]:
    return {line for line in text.splitlines() if line.startswith("::error")}


def test_hook_command_line_and_github_say_the_same(root: Path, tmp_path: Path) -> None:
    ways = [said(root, "--staged"), said(root), said(root, "--", *JUDGED, door="hook")]
    commit(root)
    event = tmp_path / "event.json"
    before, after = git(root, "rev-parse", "HEAD~1"), git(root, "rev-parse", "HEAD")
    event.write_text(json.dumps({"before": before, "after": after, "ref": "refs/heads/main"}))
    github = {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event)}
    ways.append(said(root, "--base", "HEAD~1"))
    ways.append(said(root, "--github-event", **github))

    assert len({digest(way) for way in ways}) == 1


def test_what_is_on_disk_alone_has_the_digest_that_it_will_have(root: Path) -> None:
    staged = digest(said(root, "--staged"))
    git(root, "reset", "--quiet")
    assert digest(said(root)) == staged


def test_any_order_of_the_names_says_the_same(root: Path) -> None:
    names = [*JUDGED]
    first = said(root, "--format", "annotations", "--", *names)
    for _ in range(3):
        random.Random(1).shuffle(names)
        assert said(root, "--format", "annotations", "--", *names) == first


def test_any_split_of_the_names_says_the_same_together(root: Path) -> None:
    whole = said(root, "--format", "annotations", "--", *JUDGED)
    parts = [said_of_one(root, name) for name in JUDGED]

    assert {digest(part) for part in parts} == {digest(whole)}
    assert set(itertools.chain.from_iterable(alarms(part) for part in parts)) == alarms(whole)
    assert len(alarms(whole)) == 4  # and not the one that came from gone.py


def said_of_one(root: Path, name: str) -> str:
    command = [sys.executable, "-m", "smokealarm", "check", "--format", "annotations", "--", name]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120).stdout


@pytest.mark.parametrize(
    ("files", "differs"),
    [
        ({"old.py": CHANGE["old.py"] + "\n\nz = 1\n"}, 4),
        ({"sub/pyproject.toml": "[tool.black]\nline-length = 61\n"}, 2),
        ({"lib.sh": "word=b\n"}, 2),
        ({".smokealarm.yaml": CONFIGURATION.replace("flake8", "flake8: {select: [F]}")}, 3),
        ({".smokealarm.yaml": CONFIGURATION.replace("checks", "scope: files\n    checks")}, 3),
    ],
    ids=["the change", "a configuration", "what a script sources", "an option", "the scope"],
)
def test_the_part_that_differs_names_the_cause(
    root: Path, files: dict[str, str], differs: int
) -> None:
    before = digest(said(root, "--staged"))
    stage(root, files)
    after = digest(said(root, "--staged"))

    different = {at for at, (one, other) in enumerate(zip(before, after)) if one != other}
    expected = {0, differs} | ({4} if "lib.sh" in files else set())  # lib.sh is part of the change
    assert different == expected


def test_a_file_that_no_tool_judges_brings_no_configuration_along(root: Path) -> None:
    first = digest(said(root, "--staged"))
    stage(root, {"tables/data.csv": "1\n", "tables/.flake8": "[flake8]\nselect = W\n"})
    assert digest(said(root, "--staged")) == first


def test_another_tool_is_the_tools_part(root: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "site" / "flake8_odd-1.0.dist-info"
    plugin.mkdir(parents=True)
    (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: flake8-odd\nVersion: 1.0\n")
    (plugin / "entry_points.txt").write_text("[flake8.extension]\nODD = flake8_odd:Odd\n")
    code = "class Odd:\n    def __init__(self, tree): pass\n    def run(self): return []\n"
    (tmp_path / "site" / "flake8_odd.py").write_text(code)

    before = digest(said(root, "--staged"))
    after = digest(said(root, "--staged", PYTHONPATH=str(tmp_path / "site")))

    assert [at for at, pair in enumerate(zip(before, after)) if pair[0] != pair[1]] == [0, 1]
