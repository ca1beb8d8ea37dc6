"""The last step: the job passes or fails by the verdict, whether or not it could be reported."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from smokealarm.container import document, run
from smokealarm.container.commands import say
from smokealarm.container.document import Document
from smokealarm.container.inputs import one_of
from smokealarm.errors import FatalError

NOTHING_SAID = 3  # a run that left no document is not known to be fine


def main() -> int:
    """The exit code of the verdict."""
    return gate(run.current_folder())


def gate(folder: Path | None) -> int:
    """0 pass, 1 alarm, 2 the user's configuration or usage is wrong, 3 inconclusive (or 0, if asked)."""
    came_to = document.read(folder / "results.json") if folder else None
    if came_to is None:
        say("error", "smokealarm", "The run left no results. Read the log of the step that ran it.")
        return NOTHING_SAID
    try:
        wanted = one_of(
            "on_inconclusive", os.environ.get("INPUT_ON_INCONCLUSIVE") or "fail", "fail", "pass"
        )
    except FatalError as error:
        say("error", "smokealarm", str(error))
        return 2
    return _code(came_to, passes=wanted == "pass")


def _code(came_to: Document, passes: bool) -> int:
    code = document.exit_code(came_to)
    findings = document.count(came_to)
    print(f"smokealarm: {came_to['verdict']}, {findings} finding{'s' * (findings != 1)}")
    if code == 3 and passes:
        say(
            "warning",
            "smokealarm is inconclusive",
            "This passes because of `on_inconclusive: pass`.",
        )
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())
