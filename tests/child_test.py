"""Real processes, real signals: what the child does, and that nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from smokealarm.child import Crash, Died, Limits, OutOfMemory, TimedOut, failure, is_ours, running
from smokealarm.errors import FatalError, Inconclusive, Place, SmokealarmError

LONG = "import time\ndef go(_, send):\n    send(1)\n    time.sleep(600)\n"


def heard(root: Path, code: str, argument: Any = None, **limits: Any) -> list[Any]:
    """What `go(argument, send)` of the user's file sends."""
    (root / "user.py").write_text(code, encoding="utf-8")
    with running("user:go", argument, cwd=root, limits=Limits(**limits)) as messages:
        return list(messages)


def ending(root: Path, code: str, **limits: float) -> SmokealarmError:
    with pytest.raises(SmokealarmError) as caught:
        heard(root, code, **limits)
    return caught.value


def is_gone(pid: int) -> bool:
    """Wait for a process to end: a zombie that nobody reaps has ended."""
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_messages_arrive_in_order_as_they_were_sent(tmp_path: Path) -> None:
    code = "def go(n, send):\n    [send({'i': i, 'text': 'ä\\n'}) for i in range(n)]\n"
    assert heard(tmp_path, code, 3) == [{"i": i, "text": "ä\n"} for i in range(3)]


def test_the_repository_comes_first_on_the_path_and_is_the_working_directory(
    tmp_path: Path,
) -> None:
    (tmp_path / "json.py").write_text("MINE = True\n", encoding="utf-8")
    code = "import os, sys\ndef go(_, send):\n    send([os.getcwd(), sys.path[0], sys.argv[1:]])\n"
    assert heard(tmp_path, code) == [[str(tmp_path), str(tmp_path), []]]


def test_a_relative_pythonpath_is_meant_from_the_repository_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/thing.py").write_text("WORD = 'found'\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", "src")
    assert heard(tmp_path, "import thing\ndef go(_, send):\n    send(thing.WORD)\n") == ["found"]


@pytest.mark.parametrize(
    ("value", "arrives"),
    [("nan", "nan"), ("inf", "inf"), ("-inf", "-inf")],
    ids=["not a number", "infinity", "minus infinity"],
)
def test_numbers_that_json_does_not_know_arrive(tmp_path: Path, value: str, arrives: str) -> None:
    [message] = heard(tmp_path, f"def go(_, send):\n    send(float('{value}'))\n")
    assert repr(message) == arrives


def test_a_large_message_and_megabytes_of_printing_do_not_block_each_other(tmp_path: Path) -> None:
    code = (
        "def go(_, send):\n    print('x' * 5_000_000)\n    send('y' * 5_000_000)\n    print('z')\n"
    )
    assert [len(message) for message in heard(tmp_path, code)] == [5_000_000]


def test_the_end_of_what_was_printed_is_kept(tmp_path: Path) -> None:
    code = "import os\ndef go(_, send):\n    print('x' * 100_000, 'the end')\n    os._exit(4)\n"
    died = ending(tmp_path, code)
    assert isinstance(died, Died)
    assert died.output.endswith("the end\n") and len(died.output) <= 20_000


def test_standard_input_is_empty(tmp_path: Path) -> None:
    assert heard(tmp_path, "import sys\ndef go(_, send):\n    send(sys.stdin.read())\n") == [""]


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("sys.exit(3)", "SystemExit", "the code called sys.exit(3)"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", ""),
        ("raise Mine", "Mine", "(its text cannot be shown)"),
        ("send(object())", "TypeError", "a object cannot be sent between processes as JSON"),
    ],
    ids=["an error", "sys.exit", "Ctrl-C of their own", "an error without words", "not JSON"],
)
def test_what_the_code_raises_is_a_crash_at_its_line(
    tmp_path: Path, line: str, kind: str, text: str
) -> None:
    mine = "class Mine(BaseException):\n    def __str__(self): return 1 / 0\n"
    crash = ending(tmp_path, f"import sys\n{mine}def go(_, send):\n    {line}\n")
    assert isinstance(crash, Crash)
    assert (crash.kind, crash.text, crash.place) == (kind, text, Place("user.py", 5))


def test_a_syntax_error_is_a_crash_at_the_line_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("x = 1\nif x\n", encoding="utf-8")
    crash = ending(tmp_path, "def go(_, send):\n    import other\n")
    assert isinstance(crash, Crash)
    assert crash.place == Place("other.py", 2)


def test_frames_of_installed_packages_are_not_of_the_repository(tmp_path: Path) -> None:
    installed = tmp_path / ".venv/lib/site-packages/thing.py"
    installed.parent.mkdir(parents=True)
    installed.write_text("def fall(): 1 / 0\n", encoding="utf-8")
    code = f"import sys; sys.path.append({str(installed.parent)!r})\nimport thing\n"
    crash = ending(tmp_path, code + "def go(_, send):\n    thing.fall()\n")
    assert isinstance(crash, Crash)
    assert crash.place == Place("user.py", 4)
    assert crash.frames[-1].function == "fall" and not crash.frames[-1].in_repository


@pytest.mark.parametrize("kind", [FatalError, Inconclusive])
def test_our_own_endings_pass_through(tmp_path: Path, kind: type[SmokealarmError]) -> None:
    code = (
        f"from smokealarm.errors import *\ndef go(_, send):\n    raise {kind.__name__}('a', 'b')\n"
    )
    error = ending(tmp_path, code)
    assert (type(error), error.message, error.remedy) == (kind, "a", "b")


def test_leaving_the_process_is_a_death_with_its_code(tmp_path: Path) -> None:
    died = ending(tmp_path, "import os\ndef go(_, send):\n    os._exit(0)\n")
    assert isinstance(died, Died)
    assert died.how == "exit code 0, without a traceback"


def test_a_segmentation_fault_is_a_death_at_the_line_that_caused_it(tmp_path: Path) -> None:
    died = ending(tmp_path, "import ctypes\ndef go(_, send):\n    ctypes.string_at(0)\n")
    assert isinstance(died, Died)
    assert (died.how, died.place) == ("SIGSEGV", Place("user.py", 3))


def test_a_folder_that_is_not_ascii_does_not_hide_the_line(tmp_path: Path) -> None:
    root = tmp_path / "größe 🔥"
    root.mkdir()
    died = ending(root, "import os\ndef go(_, send):\n    os.abort()\n")
    assert died.place == Place("user.py", 3)


@pytest.mark.parametrize(
    "line",
    ["send(None); os.closerange(3, 100)", "os.write(socket, b'nonsense\\n')"],
    ids=["closed", "written into"],
)
def test_our_channel_in_the_hands_of_the_user_is_an_ending_too(tmp_path: Path, line: str) -> None:
    find = "[f for f in range(3, 20) if os.path.exists(f'/proc/self/fd/{f}')][0]"
    if sys.platform != "linux":
        find = "3"
    code = f"import os\nsocket = {find}\ndef go(_, send):\n    {line}\n"
    assert isinstance(ending(tmp_path, code), (Died, Crash))


def test_code_that_never_ends_is_stopped_and_says_where_it_stood(tmp_path: Path) -> None:
    stopped = ending(tmp_path, "def go(_, send):\n    while True:\n        pass\n", seconds=0.5)
    assert isinstance(stopped, TimedOut)
    assert stopped.place in (Place("user.py", 2), Place("user.py", 3))
    assert "0.5 seconds; it stood at user.py:" in stopped.message


def test_sleeping_deep_in_a_library_is_placed_at_the_users_line(tmp_path: Path) -> None:
    code = "import subprocess\ndef go(_, send):\n    subprocess.run(['sleep', '600'])\n"
    assert ending(tmp_path, code, seconds=0.5).place == Place("user.py", 3)


def test_too_much_memory_is_stopped_at_the_limit(tmp_path: Path) -> None:
    code = "import time\ndef go(_, send):\n    hoard = b'x' * 500_000_000\n    time.sleep(600)\n"
    stopped = ending(tmp_path, code, memory_gb=0.25)
    assert isinstance(stopped, OutOfMemory)
    assert "over the limit `memory_gb: 0.25`" in stopped.message


@pytest.mark.parametrize(
    "line",
    ["os.kill(os.getpid(), 9)", "raise MemoryError", "bytearray(1 << 62)"],
    ids=["killed from outside", "an error raised", "an allocation that cannot be"],
)
def test_want_of_memory_is_inconclusive(tmp_path: Path, line: str) -> None:
    assert isinstance(ending(tmp_path, f"import os\ndef go(_, send):\n    {line}\n"), OutOfMemory)


@pytest.mark.parametrize(
    "start",
    [
        "subprocess.Popen(['sleep', '600']).pid",
        "subprocess.Popen(['sleep', '600'], start_new_session=True).pid",
        "os.fork() or time.sleep(600)",
    ],
    ids=["a subprocess", "a subprocess with a session of its own", "a fork"],
)
@pytest.mark.parametrize(
    "then", ["time.sleep(600)", "1 / 0", "pass"], ids=["runs on", "crashes", "ends"]
)
def test_grandchildren_end_with_the_block(tmp_path: Path, start: str, then: str) -> None:
    code = (
        f"import os, subprocess, time\ndef go(_, send):\n    send({start})\n    time.sleep(0.1)\n"
    )
    (tmp_path / "user.py").write_text(code + f"    {then}\n", encoding="utf-8")
    with running("user:go", None, cwd=tmp_path) as messages:
        pid = next(messages)
        if "sleep" not in then:
            with suppress(Crash):
                list(messages)
    assert is_gone(pid)


def test_a_fork_that_comes_back_has_no_say(tmp_path: Path) -> None:
    code = "import os\ndef go(_, send):\n    os.fork() and os.wait()\n    send('once')\n"
    assert heard(tmp_path, code) == ["once"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_child_ends_with_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "user.py").write_text(
        "import os, time\ndef go(_, send):\n    send(os.getpid())\n    time.sleep(600)\n",
        encoding="utf-8",
    )
    script = (
        "import pathlib\nfrom smokealarm.child import running\n"
        f"with running('user:go', None, cwd=pathlib.Path({str(tmp_path)!r})) as messages:\n"
        "    for message in messages: print(message, flush=True)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=-1, stderr=-3)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
        os.kill(parent.pid, number)
        parent.wait()
    assert is_gone(pid)


def test_nothing_is_left_in_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    ending(tmp_path, LONG, seconds=0.3)
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("print('hello', flush=True); 1 / 0", "it failed: ZeroDivisionError: division by zero"),
        ("print('hello', flush=True); os.abort()", "it failed: the process that runs your code"),
    ],
    ids=["a crash", "a death"],
)
def test_an_ending_becomes_a_finding_on_the_users_line(
    tmp_path: Path, line: str, message: str
) -> None:
    met = ending(tmp_path, f"import os\ndef go(_, send):\n    {line}\n")
    assert isinstance(met, (Crash, Died))
    finding = failure(met, "it failed")
    assert finding.message.startswith(message)
    assert (finding.path, finding.line) == ("user.py", 3)
    assert finding.evidence == {"printed last": "hello\n"}


def test_an_ending_without_a_line_of_the_user_is_told_where_the_caller_says() -> None:
    finding = failure(Died("SIGSEGV", "", None), "it failed", otherwise=Place("user.py", 7))
    assert (finding.path, finding.line, finding.evidence) == ("user.py", 7, {})


def test_an_error_of_the_user_is_not_taken_for_ours(tmp_path: Path) -> None:
    crash = ending(tmp_path, "def go(_, send):\n    1 / 0\n")
    assert isinstance(crash, Crash) and not is_ours(crash)


def test_an_error_in_our_own_line_is_ours(tmp_path: Path) -> None:
    crash = ending(tmp_path, "def go(_, send):\n    send(object())\n")
    assert isinstance(crash, Crash) and is_ours(crash)
