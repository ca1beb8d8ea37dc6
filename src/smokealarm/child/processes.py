"""The processes below a child: how many they are, what they hold in memory, and their end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

import psutil

MARK = "SMOKEALARM_CHILD"
PATIENCE = 10  # seconds, for all of them to end
GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


class Process(Protocol):
    """A process that was started here, or forked for us elsewhere: what of Popen is used."""

    @property
    def pid(self) -> int:
        """By which the system knows it."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """The pipe that it prints to."""

    def poll(self) -> int | None:
        """The exit code, once it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """The same, in time. Raises subprocess.TimeoutExpired."""


def family(pid: int) -> list[psutil.Process]:
    """A process and its descendants, or nothing where it is gone."""
    with suppress(*GONE):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def tasks() -> int | None:
    """All threads of the machine, told for next to nothing; None where it does not tell."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/loadavg").read_text(encoding="ascii").split()[3].split("/")[1])
    return None


def count(mark: str) -> int:
    """How many have the mark, whoever their parents are by now."""
    return len(_marked(mark))


def memory_gb(pid: int, limit: float) -> float:
    """What the family holds. Shared pages are counted once where that decides about the limit."""
    members = family(pid)
    resident = sum(_bytes(member, "rss") for member in members) / 1e9
    if resident <= limit or len(members) < 2:
        return resident
    return sum(_bytes(member, "pss") for member in members) / 1e9


def _bytes(process: psutil.Process, kind: str) -> int:
    with suppress(*GONE):
        if kind == "pss":  # Linux only; elsewhere shared pages are counted for each process
            whole = process.memory_full_info()
            return int(getattr(whole, "pss", whole.rss))
        return int(process.memory_info().rss)
    return 0


@contextmanager
def ended(mark: str) -> Iterator[None]:
    """Whoever has the mark is ended, also where a signal came in the middle of its start."""
    try:
        yield
    finally:
        _kill_marked(mark)


def kill(process: Process, mark: str) -> None:
    """End the process, its group, and whoever moved out with the mark in its environment."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _kill_marked(mark)


def _kill_marked(mark: str) -> None:
    """Again and again: while some are killed others may fork, unless they are stopped first."""
    deadline = time.monotonic() + PATIENCE
    while (marked := _marked(mark)) and time.monotonic() < deadline:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in marked:
                with suppress(*GONE):
                    process.send_signal(number)
        time.sleep(0.01)


def _marked(mark: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _mark(process) == mark]


def _mark(process: psutil.Process) -> str | None:
    with suppress(*GONE):
        mark: str | None = process.environ().get(MARK)
        return mark
    return None
