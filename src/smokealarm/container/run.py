"""The folder of one run: what the steps hand to each other, out of the tested code's reach.

results.json    the document, as the host has read and judged it
reporter.json   what can turn the document into reports; missing where nothing could be started
out/            all that the container may write
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from smokealarm.container.engine import Engine


class Reporter(NamedTuple):
    """What can report: the image in its engine, or the host's own smokealarm."""

    engine: Engine | None = None
    image: str = ""


def new_folder() -> Path:
    """A folder for this run, where the runner wants temporary files if it can be written."""
    wanted = os.environ.get("RUNNER_TEMP", "")
    place = wanted if wanted and os.access(wanted, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="smokealarm-", dir=place))
    (folder / "out").mkdir()
    return folder


def current_folder() -> Path | None:
    """The folder of the run that an earlier step began, if it got that far."""
    name = os.environ.get("SMOKEALARM_RUN", "")
    return Path(name) if name else None


def keep_reporter(folder: Path, reporter: Reporter) -> None:
    """Remember for the next step what can report."""
    (folder / "reporter.json").write_text(json.dumps(reporter), encoding="utf-8")


def kept_reporter(folder: Path) -> Reporter | None:
    """What can report, or None where the run did not come that far."""
    try:
        engine, image = json.loads((folder / "reporter.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Reporter(Engine(*engine) if engine else None, image)
