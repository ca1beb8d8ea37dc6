"""Running a program whose output is shown but never obeyed, and that ends when it is told to."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from smokealarm.errors import Inconclusive

TAIL = 64 * 1024  # bytes of the output that are kept to tell a cause from
CHUNK = 64 * 1024  # also what a pipe holds: all that may be left when its program has ended


class Ended(NamedTuple):
    """How a program ended, and the last that it said."""

    code: int
    tail: str


class Cancelled(BaseException):
    """The runner told us to stop."""


def shown(
    command: Sequence[str],
    *,
    minutes: float,
    stop: Callable[[], None] | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Ended:
    """Run the command and show what it says. Raises Inconclusive when the minutes are over.

    `stop` is called in any case, for what is left behind when the command is gone: killing the client
    of a container engine leaves the container running, and holding its GPU.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    deadline = time.monotonic() + minutes * 60
    try:
        tail = _copied(process, deadline)
        return Ended(process.wait(max(0, deadline - time.monotonic())), tail)
    except subprocess.TimeoutExpired:
        raise Inconclusive(
            f"the run took more than {minutes:g} minutes and was stopped",
            "Raise the input `timeout_minutes`, or ask for less.",
        ) from None
    finally:
        if stop:
            stop()
        _kill_group(process)


def _copied(process: subprocess.Popen[bytes], deadline: float) -> str:
    """Copy the output until the program ends, even where something that it left behind holds the pipe."""
    assert process.stdout
    pipe, tail, ended = process.stdout.fileno(), b"", False
    while not ended:
        if time.monotonic() > deadline:
            raise subprocess.TimeoutExpired(process.args, 0)
        ended = process.poll() is not None
        if select.select([pipe], [], [], 0 if ended else 0.1)[0]:
            chunk = os.read(pipe, CHUNK)
            ended = ended or not chunk
            tail = (tail + chunk)[-TAIL:]
            sys.stdout.buffer.write(chunk)
            sys.stdout.flush()
    return tail.decode("utf-8", "replace")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started in its group. The group of an ended one may still have members."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def asked(*command: str) -> Ended:
    """The answer of a short program; with its complaints only where it fails. Raises nothing.

    A program that is missing has code 127.
    """
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Ended(127, str(error))
    said = done.stdout + (done.stderr if done.returncode else b"")
    return Ended(done.returncode, said.decode("utf-8", "replace").strip())


def stop_on_signals() -> None:
    """From now on, SIGINT and SIGTERM unwind the program, so that what it started is removed."""

    def cancel(number: int, _frame: FrameType | None) -> None:
        raise Cancelled(128 + number)

    signal.signal(signal.SIGINT, cancel)
    signal.signal(signal.SIGTERM, cancel)
