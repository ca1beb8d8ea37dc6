"""Children that are forked from a warm process: as alone as any other, and none is left behind."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

import psutil
import pytest

from smokealarm.child import Crash, Died, Limits, TimedOut, TooManyProcesses, running, warm
from smokealarm.errors import SmokealarmError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    with warm("smokealarm.child.stack", "colorsys", cwd=tmp_path):
        yield tmp_path


def heard(root: Path, code: str, argument: Any = None, limits: Limits = Limits()) -> list[Any]:
    (root / "user.py").write_text(code, encoding="utf-8")
    with running("user:go", argument, cwd=root, limits=limits) as messages:
        return list(messages)


def ending(root: Path, code: str, limits: Limits = Limits()) -> SmokealarmError:
    with pytest.raises(SmokealarmError) as caught:
        heard(root, code, limits=limits)
    return caught.value


WHO = "import os, sys\ndef go(_, send):\n    send([os.getppid(), 'colorsys' in sys.modules])\n"


def test_children_have_one_parent_and_what_it_has_loaded(root: Path) -> None:
    (first, loaded), (second, _) = heard(root, WHO)[0], heard(root, WHO)[0]
    assert loaded and first == second != os.getpid()


def test_a_child_in_another_folder_is_started_afresh(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert heard(elsewhere, WHO) == [[os.getpid(), False]]


def test_the_users_code_is_imported_anew_each_time(root: Path) -> None:
    assert heard(root, "def go(_, send):\n    send('before')\n") == ["before"]
    assert heard(root, "def go(_, send):\n    send('after it')\n") == ["after it"]


def test_two_at_once_hear_their_own_messages(root: Path) -> None:
    (root / "user.py").write_text("def go(n, send):\n    send(n)\n    send(n + 1)\n", "utf-8")

    def listened(number: int) -> list[Any]:
        with running("user:go", number, cwd=root) as messages:
            return list(messages)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(listened, range(8))) == [[n, n + 1] for n in range(8)]


@pytest.mark.parametrize(
    ("code", "how"),
    [("os._exit(3)", "exit code 3"), ("os.kill(os.getpid(), 11)", "SIGSEGV")],
    ids=["os._exit", "a signal"],
)
def test_a_sudden_end_is_told_with_what_was_printed_and_the_next_runs(
    root: Path, code: str, how: str
) -> None:
    died = ending(
        root, f"import os\ndef go(_, send):\n    print('the end', flush=True)\n    {code}"
    )
    assert isinstance(died, Died)
    assert how in str(died) and died.output.startswith("the end")
    assert heard(root, WHO)[0][1]


def test_a_crash_names_the_users_line(root: Path) -> None:
    crash = ending(root, "def go(_, send):\n    1 / 0\n")
    assert isinstance(crash, Crash)
    assert crash.place is not None and tuple(crash.place)[:2] == ("user.py", 2)


def test_a_hang_ends_at_the_time_limit_where_it_stood(root: Path) -> None:
    hang = ending(root, "import time\ndef go(_, send):\n    time.sleep(60)\n", Limits(seconds=0.5))
    assert isinstance(hang, TimedOut)
    assert hang.place is not None and hang.place.line == 3


def test_clean_up_at_the_exit_is_done(root: Path) -> None:
    code = "import atexit\ndef go(_, send):\n    atexit.register(open, 'cleaned', 'w')\n"
    assert heard(root, code) == []
    assert (root / "cleaned").exists()


def test_who_moved_to_another_session_is_ended_too(root: Path) -> None:
    code = (
        "import os, time\ndef go(_, send):\n"
        "    if (pid := os.fork()) == 0:\n        os.setsid()\n        time.sleep(600)\n"
        "    send(pid)\n"
    )
    [pid] = heard(root, code)
    assert gone(pid)


def test_too_many_processes_are_counted_without_those_of_others(root: Path) -> None:
    code = (
        "import os, time\ndef go(_, send):\n    for _ in range(40):\n"
        "        if os.fork() == 0:\n            time.sleep(60)\n    time.sleep(60)\n"
    )
    ended = ending(root, code, Limits(seconds=30, processes=20))
    assert isinstance(ended, TooManyProcesses)


def test_without_the_process_to_fork_from_children_are_started_afresh(root: Path) -> None:
    [[parent, _]] = heard(root, WHO)
    os.kill(parent, signal.SIGKILL)
    assert heard(root, WHO) == [[os.getpid(), False]]


def test_the_process_to_fork_from_ends_with_the_block(tmp_path: Path) -> None:
    with warm("colorsys", cwd=tmp_path):
        [[parent, _]] = heard(tmp_path, WHO)
        assert psutil.pid_exists(parent)
    assert gone(parent)


def test_a_fork_that_still_runs_in_another_thread_ends_with_the_block(tmp_path: Path) -> None:
    code = "import os, time\ndef go(_, send):\n    send(os.getpid())\n    time.sleep(600)\n"
    (tmp_path / "user.py").write_text(code, encoding="utf-8")
    pids: Queue[int] = Queue()

    def listened() -> None:
        with running("user:go", None, cwd=tmp_path) as messages:
            for pid in messages:
                pids.put(pid)

    with ThreadPoolExecutor(1) as pool:
        with warm(cwd=tmp_path):
            listening = pool.submit(listened)
            pid = pids.get(timeout=60)
        assert gone(pid)
        assert isinstance(listening.exception(), Died)


def gone(pid: int) -> bool:
    """Wait for a process to end: a zombie that nobody reaps has ended."""
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False
