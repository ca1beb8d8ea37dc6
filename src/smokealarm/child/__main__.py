"""The child's side: run the function, send what it sends, report how it ended."""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, cast

from smokealarm.child.channel import SHOW_PLACE, encoded, first_line
from smokealarm.child.stack import of_error
from smokealarm.errors import FatalError, Inconclusive

LONGEST = 4000  # characters of an exception's text
NO_MEMORY = "DefaultCPUAllocator: can't allocate memory"  # torch raises a plain RuntimeError


def main(call: str, cwd: str, channel_fd: str, dump_fd: str) -> None:
    _show_stacks(int(dump_fd))
    _be_the_first_to_go()
    channel = socket.socket(fileno=int(channel_fd))
    channel.set_inheritable(False)
    argument = json.loads(first_line(channel))
    Thread(target=_end_with_the_parent, args=[channel], daemon=True).start()
    ending = _ending(call, argument, Path(cwd), _sender(channel))
    channel.sendall(encoded(ending))


def _show_stacks(fd: int) -> None:
    os.set_inheritable(fd, False)
    faulthandler.enable(fd)
    faulthandler.register(SHOW_PLACE, fd, all_threads=True)


def _be_the_first_to_go() -> None:
    """Out of memory, the kernel should choose this process and not the one that reports it."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _end_with_the_parent(channel: socket.socket) -> None:
    with suppress(OSError):
        channel.recv(1)  # the parent says nothing more: this returns when it is gone
        os.killpg(0, signal.SIGKILL)


def _sender(channel: socket.socket) -> Callable[[Any], None]:
    own = os.getpid()

    def send(message: Any) -> None:
        _end_if_forked(own)
        channel.sendall(encoded({"message": message}))

    return send


def _end_if_forked(own: int) -> None:
    """A process that the user's code forked, and that came back from it, has no say here."""
    if os.getpid() != own:
        os._exit(0)


def _ending(call: str, argument: Any, cwd: Path, send: Callable[[Any], None]) -> dict[str, Any]:
    own = os.getpid()
    try:
        _ours(call, cwd)(argument, send)
        return {"end": None}
    except (FatalError, Inconclusive) as error:
        kind = "FatalError" if isinstance(error, FatalError) else "Inconclusive"
        content = {"message": error.message, "remedy": error.remedy, "place": error.place}
        return {"error": {"kind": kind, **content}}
    except BaseException as error:  # SystemExit and KeyboardInterrupt are endings too
        return {"crash": _described(error, cwd)}
    finally:
        _end_if_forked(own)


def _ours(call: str, cwd: Path) -> Callable[[Any, Callable[[Any], None]], None]:
    """The function to call, imported while the repository is last on the path; then it is first."""
    module, _, name = call.partition(":")
    os.chdir(cwd)
    sys.argv = ["smokealarm"]  # for the user's argparse
    sys.path.append(str(cwd))
    function = getattr(importlib.import_module(module), name)
    sys.path.pop()
    sys.path[0] = str(cwd)  # was: the folder beside our package
    return cast("Callable[[Any, Callable[[Any], None]], None]", function)


def _described(error: BaseException, cwd: Path) -> dict[str, Any]:
    text = _text(error)
    no_memory = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    return {
        "kind": type(error).__name__,
        "text": text,
        "frames": of_error(error, cwd),
        "memory": no_memory or NO_MEMORY in text,
    }


def _text(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"the code called sys.exit({error.code!r})"
    try:
        return str(error)[:LONGEST]
    except Exception:  # the user's own __str__
        return "(its text cannot be shown)"


if __name__ == "__main__":
    main(*sys.argv[1:])
