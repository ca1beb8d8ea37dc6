"""Plant faults in copies of what changed, and count those that the checks miss, and their false alarms."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from msgspec import structs

from smokealarm import changes
from smokealarm.commands import preparation, showing
from smokealarm.errors import FatalError
from smokealarm.loading import load
from smokealarm.pipeline import plan
from smokealarm.progress import Progress
from smokealarm.results import exit_code, write

STAGES = ("style", "data", "memorize")  # those with a module `drill`


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm drill --help`."""
    verb.add_argument(
        "drilled",
        nargs="?",
        choices=STAGES,
        metavar="STAGE",
        help=f"{', '.join(STAGES[:-1])} or {STAGES[-1]} (default: all)",
    )
    preparation.add_arguments(verb)
    drill = verb.add_argument_group("how")
    drill.add_argument(
        "--budget",
        type=_seconds,
        default=120.0,
        metavar="SECONDS",
        help="how long to plant and judge (default: 120)",
    )
    drill.add_argument("--seed", type=int, default=0, help="another one plants elsewhere")
    verb.add_argument("--results", type=Path, metavar="PATH", help="write the results file (JSON)")
    showing.add_arguments(verb, "--format")


def run(options: Namespace) -> int:
    """Drill and tell. Where nothing changed, the copies are made of the whole tree's files."""
    options.stage = _stages(options)
    with Progress() as progress:
        workspace, steps = preparation.prepare(options, progress.tell)
        if not workspace.changes.files and not options.files:
            everything = changes.whole_tree(workspace.root)
            workspace = structs.replace(workspace, changes=everything)
            steps = plan((step.case for step in steps), everything)
        results = load("drill").drill(steps, workspace, seed=options.seed, budget=options.budget)
    if options.results is not None:
        write(results, options.results)
    showing.show(results, options.format)
    return exit_code(results)


def _stages(options: Namespace) -> list[str]:
    wanted = [options.drilled] if options.drilled else options.stage or STAGES
    for stage in wanted:
        if stage not in STAGES:
            known = ", ".join(STAGES)
            raise FatalError(f"{stage} cannot be drilled yet", f"Those that can: {known}.")
    return list(wanted)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds
