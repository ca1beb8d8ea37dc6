"""Children for many short runs: forked from a process that has loaded what takes seconds to load.

    with warm("smokealarm.memorize.session", cwd=root):
        ...  # each `running` in that folder is a fork, and has imported the module already

Each is as much alone as one that is started afresh: a session, a channel and limits of its own, and
its end is nobody else's. None of the user's code runs in the process that they are forked from.
Where that cannot be had (it wants Linux), or is gone, children are started afresh as ever.
"""

from __future__ import annotations

import os
import secrets
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import IO

from smokealarm.child.channel import encoded
from smokealarm.child.processes import MARK, Process, ended, kill

# OpenMP's threads spin while they wait, which on a busy machine halves the speed of small models.
PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}
PACKAGES = Path(__file__).resolve().parents[2]
LONGEST = 120  # seconds for a fork, of which the first waits for the imports

_open: list[_Nursery] = []


@contextmanager
def warm(*modules: str, cwd: Path) -> Iterator[None]:
    """While this lasts, children that run in the folder are forked."""
    if sys.platform != "linux":
        yield
        return
    with ExitStack() as ending:
        nursery = _Nursery(modules, cwd, ending)
        _open.append(nursery)
        try:
            yield
        finally:
            _open.remove(nursery)


def started(call: str, cwd: Path, mark: str, channel: int, dump: int) -> Process:
    """A child in a session of its own, and with the mark in its environment."""
    for nursery in _open:
        if nursery.cwd == cwd:
            with suppress(OSError, ValueError):  # it is gone, or there is no room for a fork
                return nursery.forked(call, mark, channel, dump)
    words = ["smokealarm.child", call, str(cwd.resolve()), str(channel), str(dump)]
    return _afresh(words, cwd, mark, subprocess.PIPE, channel, dump)


def _afresh(
    words: list[str], cwd: Path, mark: str, output: int, *fds: int
) -> subprocess.Popen[bytes]:
    # It starts beside our own package and goes to the repository later: a json.py there is theirs.
    return subprocess.Popen(
        [sys.executable, "-u", "-m", *words],
        cwd=PACKAGES,
        env=_environment(cwd, mark),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=fds,
        start_new_session=True,
    )


def _environment(root: Path, mark: str) -> dict[str, str]:
    """The user's own; PYTHONPATH=src is meant from the repository root."""
    path = os.environ.get("PYTHONPATH", "")
    entries = [str(root.resolve() / entry) for entry in path.split(os.pathsep) if entry]
    return {**PATIENT, **os.environ, MARK: mark, "PYTHONPATH": os.pathsep.join(entries)}


class _Nursery:
    """The process that children are forked from. It is started when the first is asked for."""

    def __init__(self, modules: tuple[str, ...], cwd: Path, ending: ExitStack) -> None:
        self.cwd = cwd
        self._modules = modules
        self._ending = ending
        self._lock = Lock()
        self._control: socket.socket | None = None
        self._alive: set[int] = set()  # forks whose end nobody has asked for yet

    def forked(self, call: str, mark: str, channel: int, dump: int) -> _Forked:
        ours, theirs = os.pipe()
        output = os.fdopen(ours, "rb")
        try:
            order = {"call": call, "cwd": str(self.cwd.resolve()), "mark": mark}
            pid = self._asked(order, channel, dump, theirs)
            self._alive.add(pid)
            return _Forked(self, pid, output)
        except BaseException:
            output.close()
            raise
        finally:
            os.close(theirs)

    def code(self, pid: int) -> int:
        """How one of its children ended; where the nursery is gone, nobody knows."""
        self._alive.discard(pid)
        try:
            return self._asked({"ended": pid})
        except (OSError, ValueError):
            return -signal.SIGHUP

    def _asked(self, order: Mapping[str, object], *fds: int) -> int:
        with self._lock:
            self._control = self._control or self._begun()
            socket.send_fds(self._control, [encoded(order)], fds)
            return int(self._control.recv(64))  # a ValueError where it is gone

    def _begun(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        mark = secrets.token_hex(8)
        self._ending.enter_context(ours)
        self._ending.callback(self._end_the_forks)
        self._ending.enter_context(ended(mark))
        ours.settimeout(LONGEST)
        words = ["smokealarm.child.nursery", str(theirs.fileno()), *self._modules]
        with theirs:
            process = _afresh(words, self.cwd, mark, subprocess.DEVNULL, theirs.fileno())
        self._ending.callback(kill, process, mark)
        return ours

    def _end_the_forks(self) -> None:
        """After an interrupt, some still run in other threads."""
        for pid in tuple(self._alive):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


class _Forked:
    """A process whose parent is the nursery: what is asked of it here is what Popen answers."""

    def __init__(self, nursery: _Nursery, pid: int, stdout: IO[bytes]) -> None:
        self.pid = pid
        self.stdout = stdout
        self._nursery = nursery
        self._end = os.pidfd_open(pid)  # it can be read from once the process has ended
        self._code: int | None = None

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("a forked child", timeout or 0)
        return code

    def _ended(self, seconds: float | None) -> int | None:
        if self._code is None and select.select([self._end], [], [], seconds)[0]:
            os.close(self._end)
            self._code = self._nursery.code(self.pid)
        return self._code
