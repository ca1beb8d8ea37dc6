"""Runs a verb of the command line as a user does: a process, in a repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.repositories import NOBODY

COMMAND = [sys.executable, "-m", "smokealarm"]


def smokealarm(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=120,
    )


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **NOBODY, **more}


def without_jupyter(folder: Path) -> dict[str, str]:
    """The environment of a Python that holds IPython to be absent, which is installed here."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys\n\nsys.modules['IPython'] = None\n")
    return {"PYTHONPATH": str(folder)}


def document(folder: Path, *arguments: str) -> dict[str, Any]:
    """The results that the verb shows to programs."""
    done = smokealarm(folder, *arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rows(results: dict[str, Any], check: str) -> list[list[Any]]:
    """The rows of the tables of one check."""
    return [
        row
        for outcome in results.get("outcomes", ())
        if outcome["check"] == check
        for picture in outcome.get("pictures", ())
        if picture["type"] == "table"
        for row in picture["rows"]
    ]
