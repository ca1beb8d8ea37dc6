"""The second step: show what the run came to, in the pull request and on the page of the run.

The document may be hostile, so it is read by a program in a container that sees nothing else, and what
that prints is held to annotations. A report that fails is said, and changes no verdict.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from smokealarm.container import document, flags, host, run
from smokealarm.container.commands import annotations_only, append, say
from smokealarm.container.flags import Mount
from smokealarm.container.launch import unused_name
from smokealarm.container.process import Ended, asked
from smokealarm.container.run import Reporter
from smokealarm.errors import SmokealarmError

LARGEST_SUMMARY = 1024 * 1024  # bytes; of a larger one GitHub drops all


def main() -> int:
    """0, always: the verdict is the last step's to give."""
    folder = run.current_folder()
    if folder:
        report(folder)
    return 0


def report(folder: Path) -> None:
    """Show the document: its annotations, and its summary."""
    reporter = run.kept_reporter(folder)
    results = folder / "results.json"
    if reporter is None:
        _say_why(results)
        return
    annotations = _made(reporter, results, "annotations")
    if annotations.code:
        say("warning", "smokealarm", f"the annotations could not be made: {annotations.tail}")
        _say_why(results)
    for line in annotations_only(annotations.tail):
        print(line, flush=True)
    _add_summary(_made(reporter, results, "summary"))


def _add_summary(made: Ended) -> None:
    if made.code or len(made.tail.encode()) > LARGEST_SUMMARY:
        say("warning", "smokealarm", f"the summary could not be made: {made.tail}")
    else:
        append("GITHUB_STEP_SUMMARY", made.tail + "\n")


def _made(reporter: Reporter, results: Path, kind: str) -> Ended:
    """What `smokealarm report` prints. Of a failure its complaint."""
    if reporter.engine is None:
        try:
            return asked(host.installed(), "report", str(results), "--to", kind)
        except SmokealarmError as error:
            return Ended(127, str(error))
    inside, name = f"{flags.OUT}/results.json", unused_name()
    command = flags.container(
        *(reporter.engine, reporter.image, name),
        ["report", inside, "--to", kind],
        mounts=[Mount(results, inside)],
        environment={key: os.environ[key] for key in flags.PASSED_ON if key in os.environ},
        options=["--network=none"],
    )
    made = asked(*command)
    if made.code:
        asked(reporter.engine.program, "rm", "--force", name)
    return made


def _say_why(results: Path) -> None:
    """Say what kept the run from a verdict: all that can be said without smokealarm's reports."""
    said = document.read(results) or {}
    for error in said.get("errors", []):
        say("error", "smokealarm", f"{error['message']}\n{error['remedy']}")
    for outcome in said.get("outcomes", []):
        say("warning", "smokealarm is inconclusive", f"{outcome['reason']}\n{outcome['remedy']}")


if __name__ == "__main__":
    sys.exit(main())
