"""The parent's side: start the child, relay its messages, hold it to its limits, end it."""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from smokealarm.child.channel import SHOW_PLACE, Lines, encoded
from smokealarm.child.endings import Crash, Died, Frame, OutOfMemory, TimedOut, TooManyProcesses
from smokealarm.child.output import Tail
from smokealarm.child.processes import Process, count, ended, kill, memory_gb, tasks
from smokealarm.child.stack import place_in_dump
from smokealarm.child.warm import started
from smokealarm.errors import FatalError, Inconclusive, Place, SmokealarmError

TICK = 0.25  # seconds between looks at the clock, the memory and the process


class Limits(NamedTuple):
    """What the child may use."""

    seconds: float = 600
    memory_gb: float | None = None
    processes: int = 512


class _Child(NamedTuple):
    process: Process
    channel: socket.socket
    dump: IO[bytes]
    tail: Tail
    cwd: Path
    limits: Limits
    mark: str
    tasks: int | None  # of the whole machine, before it was started

    def place(self) -> Place | None:
        """Where the code stood, by the dump; the user may have sent dumps to stderr themselves."""
        self.dump.seek(0)
        dump = self.dump.read().decode("utf-8", "replace")
        return place_in_dump(dump, self.cwd) or place_in_dump(self.tail.text(), self.cwd)


@contextmanager
def running(
    call: str, argument: Any, *, cwd: Path, limits: Limits = Limits()
) -> Iterator[Iterator[Any]]:
    """Call `module:function(argument, send)` in a child Python; yields the messages it sends."""
    _refuse_no_room(limits)
    ours, theirs = socket.socketpair()
    mark, before = secrets.token_hex(8), tasks()
    with ours, tempfile.TemporaryFile() as dump, ended(mark):
        with theirs:
            process = started(call, cwd, mark, theirs.fileno(), dump.fileno())
        assert process.stdout is not None
        tail = Tail(process.stdout)
        with suppress(OSError):  # it died at birth: the messages will say how
            ours.sendall(encoded(argument))
        try:
            yield _messages(_Child(process, ours, dump, tail, cwd, limits, mark, before))
        finally:
            kill(process, mark)
            tail.wait()


def _refuse_no_room(limits: Limits) -> None:
    for option, allowed in (
        ("timeout_minutes", limits.seconds / 60),
        ("memory_gb", limits.memory_gb),
    ):
        if allowed is not None and not allowed > 0:
            raise FatalError(
                f"`{option}: {allowed:g}` leaves your code nothing to run with",
                "Write a number above 0, or leave it out.",
            )


def _messages(child: _Child) -> Iterator[Any]:
    lines = Lines()
    for data in _received(child):
        for line in lines.cut(data):
            kind, content = _parsed(line, child)
            if kind == "end":
                with suppress(subprocess.TimeoutExpired):  # time for the user's clean-up at exit
                    child.process.wait(2)
                return
            if kind != "message":
                raise _told(kind, content, child)
            yield content
    raise _found_dead(child)


def _parsed(line: bytes, child: _Child) -> tuple[str, Any]:
    try:
        ((kind, content),) = json.loads(line).items()
        return kind, content
    except (ValueError, AttributeError):
        raise Died("it wrote into smokealarm's own channel", child.tail.text(), None) from None


def _received(child: _Child) -> Iterator[bytes]:
    """What comes over the channel, until it is closed or the process is gone."""
    deadline = time.monotonic() + child.limits.seconds
    while True:
        gone = child.process.poll() is not None  # before the look at the channel: nothing is lost
        ready, _, _ = select.select([child.channel], [], [], 0 if gone else TICK)
        if ready:
            try:
                data = child.channel.recv(1 << 20)
            except ConnectionError:
                return
            if not data:
                return
            yield data
        elif gone:
            return
        _hold_to_limits(child, deadline)


def _hold_to_limits(child: _Child, deadline: float) -> None:
    limit = child.limits.memory_gb
    if limit is not None and (used := memory_gb(child.process.pid, limit)) > limit:
        place = _where_it_stands(child)
        message = f"your code held {used:.1f} GB of memory, over the limit `memory_gb: {limit:g}`"
        raise OutOfMemory(message, child.tail.text(), place)
    if _may_have_many(child) and (number := count(child.mark)) > child.limits.processes:
        place = _where_it_stands(child)
        raise TooManyProcesses(number, child.limits.processes, child.tail.text(), place)
    if time.monotonic() > deadline:
        place = _where_it_stands(child)
        raise TimedOut(child.limits.seconds, child.tail.text(), place)


def _may_have_many(child: _Child) -> bool:
    """Counting them takes a look at every process, so that it waits until the machine has many more."""
    now = tasks()
    return now is None or child.tasks is None or now - child.tasks > child.limits.processes


def _where_it_stands(child: _Child) -> Place | None:
    with suppress(ProcessLookupError):
        os.kill(child.process.pid, SHOW_PLACE)
    for _ in range(10):
        time.sleep(0.05)
        if place := child.place():
            return place
    return None


def _told(kind: str, content: dict[str, Any], child: _Child) -> SmokealarmError:
    """The ending that the child itself reported."""
    if kind == "error":
        known = {"FatalError": FatalError, "Inconclusive": Inconclusive}[content["kind"]]
        place = Place(*content["place"]) if content["place"] else None
        return known(content["message"], content["remedy"], place)
    frames = [Frame(*frame) for frame in content["frames"]]
    child.tail.wait()  # what it printed last may come after what it reported
    crash = Crash(content["kind"], content["text"], frames, child.tail.text())
    if content["memory"]:
        return OutOfMemory(
            f"there was not enough memory: {crash.message}", crash.output, crash.place
        )
    return crash


def _found_dead(child: _Child) -> SmokealarmError:
    """The ending of a process that did not report one."""
    try:
        code = child.process.wait(1)
    except subprocess.TimeoutExpired:
        return Died("it closed smokealarm's own channel", child.tail.text(), None)
    child.tail.wait(0.5)
    if code == -signal.SIGKILL:
        message = "your code was killed (SIGKILL), most likely by the kernel for want of memory"
        return OutOfMemory(message, child.tail.text(), child.place())
    how = f"exit code {code}, without a traceback" if code >= 0 else signal.Signals(-code).name
    return Died(how, child.tail.text(), child.place())
