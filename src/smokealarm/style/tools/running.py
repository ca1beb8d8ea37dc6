"""Running a style tool so that its verdict depends on nothing but the files and their configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Event
from typing import Any

import msgspec

from smokealarm.errors import Inconclusive
from smokealarm.style.processes import TICK, Said, environment, started, stop
from smokealarm.style.source import Source, Sources

# Like `python -m`, without the folder of judged files on the path: one of them may be called ast.py.
# A process this short needs no hunt for cycles in its memory, which takes a tenth of its time.
_RUN = (
    "import gc, runpy, sys; gc.set_threshold(1_000_000); sys.path[:] = [p for p in sys.path if p]; "
    "runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
)
_NAMES_AT_ONCE = 500  # keeps a command line far below what the operating system allows


def run_module(module: str, arguments: Sequence[str], sources: Sources) -> Said:
    """Run a tool that is a Python module of this environment, in the private folder."""
    shop, left = sources.workshop, sources.around.left
    said = shop.run(module, arguments, sources.folder, left) if shop else None
    if said is None:
        command = [sys.executable, "-c", _RUN.format(module=module), *arguments]
        said = run(module, command, sources)
    if f"No module named {module}" in said.err:
        raise Inconclusive(f"{module} is not installed", f"Install it with: pip install {module}")
    return said


def program(name: str, package: str) -> str:
    """The executable of this environment, else the first on the path."""
    found = found_program(name)
    if not found:
        raise Inconclusive(f"{name} is not installed", f"Install it with: pip install {package}")
    return found


def found_program(name: str) -> str | None:
    """The same, or None where there is none."""
    places = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])
    return shutil.which(name, path=places)


def run(tool: str, command: Sequence[str], sources: Sources, *, at_home: bool = True) -> Said:
    """Run the command in the private folder, out of reach of the user's own settings.

    What ends us ends it too, with all that it has started.
    """
    try:
        process = started(
            command, sources.folder, environment(sources.around.room, at_home=at_home)
        )
    except OSError as error:
        raise Inconclusive(f"{tool} did not start: {error.strerror}") from None
    try:
        return _said(tool, process, sources.around.left)
    except BaseException:
        stop(process)
        raise


def _said(tool: str, process: subprocess.Popen[bytes], left: Event) -> Said:
    while not left.is_set():
        with suppress(subprocess.TimeoutExpired):
            out, err = process.communicate(timeout=TICK)
            return Said(process.returncode, out, err.decode(errors="replace"))
    raise Inconclusive(f"{tool} was stopped: nobody waits for it any longer")


def listed(tool: str, said: Said) -> list[dict[str, Any]]:
    """What the tool found, where it says so as a JSON list and exits with 1 if there is any."""
    try:
        found: list[dict[str, Any]] = msgspec.json.decode(said.out, type=list[dict[str, Any]])
    except msgspec.MsgspecError:
        raise failed(tool, said) from None
    if said.code != bool(found):
        raise failed(tool, said)
    return found


def failed(tool: str, said: Said) -> Inconclusive:
    """What to raise where a tool ended in a way that is no verdict on the files."""
    lines = [line.strip() for line in (said.err or said.out.decode(errors="replace")).split("\n")]
    last = next((line for line in reversed(lines) if line), "it said nothing")
    return Inconclusive(
        f"{tool} failed with exit code {said.code}, which says nothing of the change: {last}",
        f"Run {tool} by hand, with the same configuration, to see all that it says.",
    )


def batches(sources: Sequence[Source]) -> Iterator[Sequence[Source]]:
    """The sources in as few parts as a command line allows."""
    return (sources[i : i + _NAMES_AT_ONCE] for i in range(0, len(sources), _NAMES_AT_ONCE))


def places(sources: Iterable[Source]) -> list[str]:
    """Their names as arguments: after `./` none is taken for an option."""
    return [f"./{source.place}" for source in sources]
