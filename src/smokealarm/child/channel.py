"""JSON lines over a socket that parent and child share, and that nobody else knows of."""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Iterator
from typing import Any

# Asks faulthandler in the child where it stands. SIGUSR1 is taken by Lightning under SLURM.
SHOW_PLACE = signal.SIGRTMIN + 9 if sys.platform == "linux" else signal.SIGUSR1


def encoded(message: Any) -> bytes:
    """One line. What has a `tolist` becomes a list; NaN and the infinities stay what they are."""
    return json.dumps(message, default=_listed).encode("ascii") + b"\n"


def _listed(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} cannot be sent between processes as JSON")


class Lines:
    """Cuts what arrives into whole lines."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def cut(self, data: bytes) -> Iterator[bytes]:
        while b"\n" in data:
            end, data = data.split(b"\n", 1)
            yield b"".join([*self._pieces, end])
            self._pieces.clear()
        self._pieces.append(data)


def first_line(channel: socket.socket) -> bytes:
    lines = Lines()
    while data := channel.recv(1 << 16):
        for line in lines.cut(data):
            return line
    raise EOFError("the parent is gone")
