"""The tools that are Python modules, each imported once for all that a run asks of it.

The base is judged after the head, by the same tool: without its second start, a change to files with
old violations takes 1.12 of the bare tools' time in place of 1.32.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from select import select
from threading import Event
from types import TracebackType

from smokealarm.errors import Inconclusive
from smokealarm.style.processes import TICK, Said, environment, started, stop

# What a tool imports before it looks at its arguments. Plug-ins are not named: a child imports them.
IMPORTS = {
    "black": ("black",),
    "flake8": ("flake8.main.cli", "flake8.plugins.pycodestyle", "flake8.plugins.pyflakes"),
}
_PROGRAM = Path(__file__).with_name("workbench.py")


class Workshop:
    """The workbenches of a run. Each is set up when its tool is first wanted."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self.benches: dict[str, _Bench] = {}

    def __enter__(self) -> Workshop:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        frames: TracebackType | None,
    ) -> None:
        stop(*(bench.process for bench in self.benches.values()))

    def set_up(self, module: str) -> None:
        """Begin to import the tool. It need not be asked for anything then."""
        if module in IMPORTS and module not in self.benches and hasattr(os, "fork"):
            with suppress(OSError):
                self.benches[module] = _Bench(module, self.room)

    def run(self, module: str, arguments: Sequence[str], folder: Path, left: Event) -> Said | None:
        """What the tool says in the folder, or None where it must run by itself."""
        self.set_up(module)
        bench = self.benches.get(module)
        return bench.ask(arguments, folder, left) if bench else None


class _Bench:
    def __init__(self, module: str, room: Path) -> None:
        self.module = module
        self.files = (room / f"{module}.out", room / f"{module}.err")
        self.is_ready: bool | None = None  # None: it has not said so yet
        command = [sys.executable, str(_PROGRAM), module, *IMPORTS[module]]
        with (room / f"{module}.imports").open("wb") as printed:
            self.process = started(
                command, room, environment(room), stdin=subprocess.PIPE, stderr=printed
            )

    def ask(self, arguments: Sequence[str], folder: Path, left: Event) -> Said | None:
        if self.is_ready is None:
            self.is_ready = self._answer(left) == b"ready\n"
        if not self.is_ready:
            return None
        parts = [str(folder), *map(str, self.files), *arguments]
        request = b"\0".join(map(os.fsencode, parts))
        self._write(b"%d\n%b" % (len(request), request))
        code = self._answer(left)
        if not code:
            raise Inconclusive(
                f"{self.module} was killed from outside",
                "Perhaps the machine ran out of memory: try again when less is running on it.",
            )
        out, err = (file.read_bytes() for file in self.files)
        return Said(int(code), out, err.decode(errors="replace"))

    def _write(self, request: bytes) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):  # its answer will be missing
            self.process.stdin.write(request)
            self.process.stdin.flush()

    def _answer(self, left: Event) -> bytes:
        """The next line that it says; nothing where it has ended."""
        assert self.process.stdout
        while not left.is_set():
            if select([self.process.stdout], [], [], TICK)[0]:
                return self.process.stdout.readline()
        raise Inconclusive(f"{self.module} was stopped: nobody waits for it any longer")
