"""The processes of tools: out of reach of the user's own settings, and gone when nobody waits for them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

TICK = 0.2  # seconds between looks whether anybody still waits


class Said(NamedTuple):
    """How a tool ended, and what it said."""

    code: int
    out: bytes
    err: str


def started(
    command: Sequence[str],
    folder: Path,
    env: dict[str, str],
    *,
    stdin: int = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """The process of the command, in a session of its own with all that it will start."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
    )


def stop(*processes: subprocess.Popen[bytes]) -> None:
    """End them with all that they have started."""
    for process in processes:
        with suppress(
            ProcessLookupError, PermissionError
        ):  # the latter is macOS's word for the former
            os.killpg(process.pid, signal.SIGKILL)
    for process in processes:
        process.communicate()


def environment(room: Path, *, at_home: bool = True) -> dict[str, str]:
    """Ours without what would make the verdict depend on the machine.

    Python's own tools keep HOME, because they may be installed below it.
    """
    empty = str(room / "home")
    kept = {name: value for name, value in os.environ.items() if name != "SHELLCHECK_OPTS"}
    home = {} if at_home else {"HOME": empty}
    if "PYTHONPATH" in kept:  # a relative part would mean the judged files, and run them
        parts = kept["PYTHONPATH"].split(os.pathsep)
        kept["PYTHONPATH"] = os.pathsep.join(os.path.abspath(part) for part in parts)
    return {
        **kept,
        **home,
        "XDG_CONFIG_HOME": empty,
        "BLACK_CACHE_DIR": empty,
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
    }
