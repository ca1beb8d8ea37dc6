"""The processes below a child: what they hold in memory, and their end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from subprocess import Popen

import psutil

MARK = "SMOKEALARM_CHILD"
GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


def family(pid: int) -> list[psutil.Process]:
    """A process and its descendants, or nothing where it is gone."""
    with suppress(*GONE):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


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


def kill(process: Popen[bytes], mark: str) -> None:
    """End the process, its group, and whoever moved out with the mark in its environment."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _kill_marked(mark)


def _kill_marked(mark: str) -> None:
    marked = [process for process in psutil.process_iter() if _mark(process) == mark]
    for process in marked:
        with suppress(*GONE):
            process.kill()
    psutil.wait_procs(marked, timeout=10)


def _mark(process: psutil.Process) -> str | None:
    with suppress(*GONE):
        mark: str | None = process.environ().get(MARK)
        return mark
    return None
