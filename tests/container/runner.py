"""A stand-in for GitHub's runner: a repository, its event, and the steps of action.yml run for real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.container.components import need_parser

ROOT = Path(__file__).parent.parent.parent
CONFIGURATION = "style:\n  - files: \\.py$\n    checks: [black]\n"
HEALTHY = {".smokealarm.yaml": CONFIGURATION, "model.py": "x = 1\n"}
ALARMING = {**HEALTHY, "model.py": "x=1\n"}


class Step(NamedTuple):
    """What became of a step."""

    ran: bool
    code: int
    log: str


class Told(NamedTuple):
    """What the runner would show of the action."""

    launch: Step
    report: Step
    gate: Step
    outputs: dict[str, str]
    summary: str
    success: bool


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    """A git repository with one commit of the files."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content)
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-qm", "All"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A job's environment: GitHub's variables, with a token that nobody may see."""
    event = folder / "event.json"
    event.write_text("{}")
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": os.environ["HOME"],
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "workflow_dispatch",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": "the-token",
        **more,
    }


def run_action(workspace: Path, inputs: Mapping[str, str], env: Mapping[str, str]) -> Told:
    """Every step of action.yml, read by GitHub's own parser, as a runner starts it."""
    tools = need_parser()
    temp = workspace.parent / "temp"
    temp.mkdir(exist_ok=True)
    job = {
        "action": str(ROOT),
        "inputs": inputs,
        "temp": str(temp),
        "workspace": str(workspace),
        "env": dict(env),
    }
    done = subprocess.run(
        ["node", "--import", str(tools / "json_imports.mjs"), str(tools / "run_action.mjs")],
        input=json.dumps(job),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    launch, report, gate = (Step(step["ran"], step["code"], step["log"]) for step in told["steps"])
    return Told(launch, report, gate, told["outputs"], told["summary"], told["success"])


def obeyed(log: str) -> list[str]:
    """The lines that a runner would take for commands: none between stop-commands and its word."""
    word, lines = "", []
    for line in log.splitlines():
        if word:
            word = "" if line == f"::{word}::" else word
        elif line.startswith("::stop-commands::"):
            word = line.removeprefix("::stop-commands::")
        elif line.startswith("::") or "##[" in line:
            lines.append(line)
    return lines
