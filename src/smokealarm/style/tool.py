"""Run a linter or formatter, and never take its silence for a good word."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from smokealarm.errors import Inconclusive

Done = subprocess.CompletedProcess[str]


def module(name: str) -> list[str]:
    """The command that runs a tool of this Python. Raises Inconclusive where it is not installed."""
    if importlib.util.find_spec(name) is None:
        raise missing(name, name)
    return [sys.executable, "-m", name]


def program(name: str, package: str) -> list[str]:
    """The command of a program beside this Python, else on the PATH."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which(name, path=path)
    if found is None:
        raise missing(name, package)
    return [found]


def missing(name: str, package: str) -> Inconclusive:
    return Inconclusive(f"{name} is not installed", f"Install it with: pip install {package}")


def run(
    command: Sequence[str], folder: Path, fine: Collection[int], env: Mapping[str, str] = {}
) -> Done:
    """Run in the folder; an exit code that is not `fine` raises Inconclusive with what it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:surrogateescape", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
    )
    if done.returncode not in fine:
        raise failed(command, done)
    return done


def failed(command: Sequence[str], done: Done) -> Inconclusive:
    """The tool did not do its work, so that there is no verdict."""
    name = Path(command[2] if command[1:2] == ["-m"] else command[0]).name
    said = (done.stderr.strip() or done.stdout.strip() or "it said nothing")[-600:]
    return Inconclusive(
        f"{name} failed with exit code {done.returncode}: {said}",
        f"Run {name} by hand on the changed files; its configuration may be wrong.",
    )
