"""The set-up behind both commands of the README, where something is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """So much of the project as the set-up reads, in a folder where it may make a `.venv`."""
    (tmp_path / "scripts").mkdir()
    for name in ("pyproject.toml", "constraints.txt", "scripts/set_up.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def set_up(project: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "scripts" / "set_up.py")]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True)


def test_without_a_network_it_says_so_and_the_next_time_begins_afresh(project: Path) -> None:
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    offline |= {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    for _ in range(2):
        done = set_up(project, **offline)
        assert done.returncode == 1
        assert "set-up: pip could not install anything" in done.stderr
        assert "Is the network there?" in done.stderr
        assert "Traceback" not in done.stderr
        assert "set-up: creating .venv" in done.stdout


def test_without_the_venv_module_it_names_the_package(project: Path) -> None:
    (project / "hidden").mkdir()
    (project / "hidden" / "ensurepip.py").write_text("raise ImportError('hidden by a test')\n")
    done = set_up(project, PYTHONPATH=str(project / "hidden"))
    assert done.returncode == 1
    assert "no venv module" in done.stderr
    assert "apt-get install python3-venv" in done.stderr
    assert not (project / ".venv").exists()


def test_without_git_it_names_the_package(project: Path) -> None:
    done = set_up(project, PATH=str(project))
    assert done.returncode == 1
    assert "git is not installed" in done.stderr


def test_what_is_set_up_already_is_quick_and_silent(project: Path) -> None:
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    fingerprint = subprocess.run(
        [sys.executable, "-c", "import set_up; print(set_up.fingerprint(), end='')"],
        cwd=project / "scripts",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (project / ".venv").mkdir()
    (project / ".venv" / ".smokealarm-set-up").write_text(fingerprint)
    done = set_up(project, **offline)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
