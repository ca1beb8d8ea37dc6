"""The door of the container: the whole action inside of it, or proof of its GPU (`prove`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from smokealarm.container import gate, launch, report, run
from smokealarm.container.process import Cancelled, stop_on_signals


def main() -> int:
    """Launch, report, gate: the three steps of action.yml, with the installed smokealarm."""
    if sys.argv[1:] == ["prove"]:
        return subprocess.call([sys.executable, "-m", "smokealarm.container.proof"])
    stop_on_signals()
    try:
        return _whole_job()
    except Cancelled as cancelled:
        return int(cancelled.args[0])


def _whole_job() -> int:
    os.environ["INPUT_ENGINE"] = "host"
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    folder = run.new_folder()
    launch.launch(folder)
    report.report(folder)
    return gate.gate(folder)
