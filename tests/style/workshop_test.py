"""A tool is imported once for all that a run asks of it, and nobody can tell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Timer

import pytest

from smokealarm.errors import Inconclusive
from smokealarm.style.processes import Said
from smokealarm.style.workshop import Workshop
from tests.repositories import commit, make_repository, stage, write
from tests.style.judging import ask, judged

PLUGIN = "[flake8:local-plugins]\nextension = OWN = own:Own\npaths = plugins\n"
OWN = """\
import os, signal, time


class Own:
    asked = 0

    def __init__(self, tree):
        pass

    def run(self):
        Own.asked += 1
        {what}
        yield 1, 0, f"OWN1 asked {{Own.asked}} times", Own
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"README.md": "A project.\n"})


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    (tmp_path / "room").mkdir()
    with Workshop(tmp_path / "room") as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "files", {"a.py": "x = 1\n"})
    return tmp_path / "files"


def own(what: str) -> dict[str, str]:
    """A plug-in of the project's own that does this when a file is judged."""
    return {".flake8": PLUGIN, "plugins/own.py": OWN.format(what=what)}


def asked(workshop: Workshop, module: str, folder: Path, *arguments: str) -> Said | None:
    return workshop.run(module, arguments, folder, Event())


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("black", ["--check", "a.py"]),
        ("black", ["--check", "a.py", "b.py"]),
        ("black", ["--no-such-option"]),
        ("flake8", ["a.py"]),
        ("flake8", ["b.py"]),
        ("flake8", ["--no-such-option"]),
        ("flake8", ["--jobs=2", "a.py", "b.py"]),
    ],
    ids=lambda words: words if isinstance(words, str) else " ".join(words),
)
def test_it_says_what_the_tool_says_by_itself(
    workshop: Workshop, folder: Path, module: str, arguments: list[str]
) -> None:
    write(folder, {"b.py": "import os\nx=1\n"})
    command = [sys.executable, "-m", module, *arguments]
    direct = subprocess.run(command, cwd=folder, capture_output=True, timeout=60)

    for _ in range(2):
        said = asked(workshop, module, folder, *arguments)

        assert said and said.code == direct.returncode
        assert said.out == direct.stdout
        assert sorted(said.err.split("\n")) == sorted(direct.stderr.decode().split("\n"))


def test_a_module_that_is_no_tool_of_ours_runs_by_itself(workshop: Workshop, folder: Path) -> None:
    assert asked(workshop, "json.tool", folder, "a.json") is None


def test_what_a_plugin_remembers_of_one_run_is_unknown_to_the_next(
    workshop: Workshop, folder: Path
) -> None:
    write(folder, own("pass"))
    for _ in range(2):
        said = asked(workshop, "flake8", folder, "a.py")
        assert said and said.out.decode() == "a.py:1:1: OWN1 asked 1 times\n"


def test_a_crash_is_that_of_one_run(workshop: Workshop, folder: Path) -> None:
    write(folder, own("os.kill(os.getpid(), signal.SIGSEGV)"))
    said = asked(workshop, "flake8", folder, "a.py")
    assert said and said.code == -signal.SIGSEGV

    write(folder, own("pass"))
    said = asked(workshop, "flake8", folder, "a.py")
    assert said and said.code == 1


@pytest.mark.parametrize(
    "what",
    [
        "print('hello')",
        "import sys; print('hello', file=sys.stderr)",
        "raise RuntimeError('no')",
        "raise SystemExit(0)",
        "import threading, time; threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        "import os; os._exit(0)",
        "import os; os.abort()",
    ],
)
def test_a_tool_that_does_anything_but_being_imported_runs_by_itself(
    workshop: Workshop, folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    write(folder, {"path/black.py": f"{what}\n"})
    monkeypatch.setenv("PYTHONPATH", str(folder / "path"))
    assert asked(workshop, "black", folder, "a.py") is None


def test_what_it_prints_then_is_no_verdict(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "path", {"black.py": "print('hello')\n"})
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    stage(root, {"a.py": "x=1\n"})
    with pytest.raises(Inconclusive, match="black failed with exit code 0.*: hello"):
        judged(root, ask("black"))


def test_a_tool_that_is_killed_is_no_verdict(root: Path) -> None:
    commit(root, own("os.kill(os.getpid(), signal.SIGKILL)"))
    stage(root, {"a.py": "x = 1\n"})
    with pytest.raises(Inconclusive, match="flake8 failed with exit code -9"):
        judged(root, ask("flake8"))


def test_nor_is_one_whose_parent_is_killed(root: Path) -> None:
    commit(root, own("os.kill(os.getppid(), signal.SIGKILL)"))
    stage(root, {"a.py": "x = 1\n"})
    with pytest.raises(Inconclusive, match="flake8 was killed from outside"):
        judged(root, ask("flake8"))


def test_where_nobody_waits_any_longer_nothing_goes_on(
    workshop: Workshop, folder: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    write(folder, own(f"open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(300)"))
    left = Event()
    Timer(0.1, _set_when, [left, marker]).start()

    with pytest.raises(Inconclusive, match="nobody waits"):
        workshop.run("flake8", ["a.py"], folder, left)
    workshop.__exit__(None, None, None)

    assert _ends(int(marker.read_text()))


def _set_when(left: Event, marker: Path) -> None:
    for _ in range(1200):
        if marker.exists() and marker.read_text():
            break
        time.sleep(0.05)
    left.set()


def _ends(process: int) -> bool:
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
