"""Code that does not want to end, or leaves something behind: real processes, and none is left."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil
import pytest

from smokealarm.child import Died, Limits, TimedOut, TooManyProcesses, running
from smokealarm.errors import SmokealarmError

NAME = "SMOKEALARM_TEST"  # whoever has it in the environment came from the code under test


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(NAME, str(tmp_path))
    return str(tmp_path)


def left(name: str) -> list[int]:
    """Processes that carry the name, besides this one."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(NAME) == name:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def ending(root: Path, code: str, limits: Limits) -> SmokealarmError | None:
    (root / "user.py").write_text(code, encoding="utf-8")
    try:
        with running("user:go", None, cwd=root, limits=limits) as messages:
            list(messages)
    except SmokealarmError as error:
        return error
    return None


def test_code_that_behaves_is_not_stopped_for_a_few_processes(tmp_path: Path, name: str) -> None:
    code = (
        "import subprocess\ndef go(_, send):\n"
        "    running = [subprocess.Popen(['sleep', '0.6']) for _ in range(8)]\n"
        "    [each.wait() for each in running]\n"
    )
    assert ending(tmp_path, code, Limits(20, processes=16)) is None
    assert left(name) == []


@pytest.mark.parametrize(
    "hang",
    [
        "while True: pass",
        "ctypes.CDLL(None).pause()",
        "[signal.signal(n, signal.SIG_IGN) for n in (15, 2, 1)]; time.sleep(600)",
        "re.match('(a*)*b', 'a' * 60)",
    ],
    ids=["a busy loop", "a C call", "one that ignores signals", "a C call that keeps the GIL"],
)
def test_a_hang_ends_at_the_time_limit(tmp_path: Path, name: str, hang: str) -> None:
    code = f"import ctypes, re, signal, time\ndef go(_, send):\n    {hang}\n"
    error = ending(tmp_path, code, Limits(1.5))
    assert isinstance(error, TimedOut)
    assert error.place is not None and error.place.line == 3
    assert left(name) == []


BOMB = """
import os, subprocess, sys, time
def go(_, send):
    for _ in range(12):
        {start}
    time.sleep(600)
"""


@pytest.mark.parametrize(
    "start",
    [
        "os.fork()",
        "os.fork() and os._exit(0)",
        "subprocess.Popen(['sh', '-c', 'sleep 600 & sleep 600'], start_new_session=True)",
    ],
    ids=["a bomb of forks", "forks whose parents leave", "shells with sessions of their own"],
)
def test_a_fork_bomb_ends_within_the_limits(tmp_path: Path, name: str, start: str) -> None:
    error = ending(tmp_path, BOMB.format(start=start), Limits(8, processes=20))
    kinds = TimedOut if "_exit" in start else TooManyProcesses  # a chain is one process at a time
    assert isinstance(error, (kinds, Died))
    assert left(name) == []


def test_a_hundred_megabytes_of_printing_are_no_ending(tmp_path: Path, name: str) -> None:
    code = (
        "def go(_, send):\n    for _ in range(100):\n        print('x' * 1_000_000)\n    send(1)\n"
    )
    assert ending(tmp_path, code, Limits(60)) is None


@pytest.mark.parametrize(
    "close", ["os.close(1)", "os.closerange(0, 3)"], ids=["its output", "all three streams"]
)
def test_code_that_closes_its_streams_is_heard_to_the_end(
    tmp_path: Path, name: str, close: str
) -> None:
    (tmp_path / "user.py").write_text(
        f"import os\ndef go(_, send):\n    {close}\n    send('done')\n", encoding="utf-8"
    )
    with running("user:go", None, cwd=tmp_path, limits=Limits(20)) as messages:
        assert list(messages) == ["done"]


@pytest.mark.parametrize(
    ("end", "how"),
    [("os._exit(7)", "exit code 7"), ("os.kill(os.getpid(), 11)", "SIGSEGV")],
    ids=["os._exit", "a signal"],
)
def test_a_sudden_end_takes_its_children_along(
    tmp_path: Path, name: str, end: str, how: str
) -> None:
    code = (
        "import os, subprocess\ndef go(_, send):\n"
        f"    subprocess.Popen(['sleep', '600'], start_new_session=True)\n    {end}\n"
    )
    error = ending(tmp_path, code, Limits(20))
    assert isinstance(error, Died)
    assert how in error.how
    for _ in range(20):
        if not left(name):
            break
        time.sleep(0.1)
    assert left(name) == []
