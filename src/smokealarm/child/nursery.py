"""The process that warm children are forked from: it loads our modules, and then only waits."""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import socket
import sys
import threading
from contextlib import suppress
from typing import Any, NamedTuple

from smokealarm.child.__main__ import main
from smokealarm.child.processes import MARK


class _Order(NamedTuple):
    """What a fork is to do, and the descriptors for its channel, its dumps and its output."""

    call: str
    cwd: str
    mark: str
    fds: list[int]


def _begin(control: socket.socket, modules: list[str]) -> _Order:
    """Load, then fork for every order. Only a fork ever returns from here."""
    for module in modules:
        with suppress(ImportError):  # the child that needs it will say so
            importlib.import_module(module)
    gc.freeze()  # else every fork's first collection would copy all of it
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1 << 16, 3)
        if not message:
            sys.exit()  # nobody wants any more
        asked = json.loads(message)
        if order := _obeyed(control, asked, fds):
            return order


def _obeyed(control: socket.socket, asked: dict[str, Any], fds: list[int]) -> _Order | None:
    if "ended" in asked:
        _, status = os.waitpid(asked["ended"], 0)
        control.send(b"%d" % os.waitstatus_to_exitcode(status))
        return None
    try:
        pid = os.fork()
    except OSError:
        control.send(b"no")
        pid = -1
    if pid == 0:
        return _Order(fds=fds, **asked)
    for fd in fds:
        os.close(fd)
    return None


def _live(control: socket.socket, order: _Order) -> None:
    """From here on it is a child as any other."""
    os.setsid()
    _carry(order.mark)
    channel, dump, output = order.fds
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)
    control.send(b"%d" % os.getpid())  # not before: who is told of it may end its session
    control.close()
    main(order.call, order.cwd, str(channel), str(dump))
    _end()


def _end() -> None:
    """Clean up as the user asked for; to take all of torch apart would take longer than many a run."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.main_thread():
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(0)


def _carry(mark: str) -> None:
    """The mark, also where other processes see it: written over the one that this process was given."""
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_void_p
    place = getenv(MARK.encode())
    assert len(mark) == len(os.environ[MARK])
    ctypes.memmove(place, mark.encode(), len(mark))
    os.environ[MARK] = mark


if __name__ == "__main__":
    own = socket.socket(fileno=int(sys.argv[1]))
    own.set_inheritable(False)
    _live(own, _begin(own, sys.argv[2:]))
