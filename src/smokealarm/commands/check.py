"""Run the checks that concern a change, and say what they saw."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from smokealarm import errands
from smokealarm.commands import preparation, showing
from smokealarm.commands.config import show_plan
from smokealarm.errors import FatalError
from smokealarm.loading import load
from smokealarm.pipeline import run as run_plan
from smokealarm.progress import Progress
from smokealarm.results import Results, exit_code, write


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm check --help`."""
    preparation.add_arguments(verb)
    verb.add_argument("--dry-run", action="store_true", help="say what would run; run nothing")
    _add_budget(verb)
    _add_fixing(verb)
    verb.add_argument("--results", type=Path, metavar="PATH", help="write the results file (JSON)")
    showing.add_arguments(verb, "--format")


def _add_budget(verb: ArgumentParser) -> None:
    group = verb.add_argument_group("what it may cost (default: the `budget:` of each case)")
    budget = group.add_mutually_exclusive_group()
    for name, words in (
        ("quick", "seconds: stage `memorize` leaves what takes longer unasked, and says so"),
        ("full", "minutes: everything that is asked for"),
    ):
        budget.add_argument(
            f"--{name}", dest="budget", action="store_const", const=name, help=words
        )


def _add_fixing(verb: ArgumentParser) -> None:
    group = verb.add_argument_group(
        "mending (stage `style`): in the working tree, only of files that are wholly staged, never of"
        " the index; with --dry-run it says what it would mend"
    )
    fixing = group.add_mutually_exclusive_group()
    fixing.add_argument(
        "--fix",
        action="store_const",
        const="whole",
        help="have the tools mend what counts in changed files",
    )
    fixing.add_argument(
        "--fix-lines",
        dest="fix",
        action="store_const",
        const="touched",
        help="the same, on changed lines and nowhere else",
    )


def run(options: Namespace) -> int:
    """Plan, run, tell; mend where that is asked for. The exit code is that of what was judged."""
    if options.format == "terminal":
        errands.add(partial(load, "report.brief"))
    with Progress() as progress:
        workspace, steps = preparation.prepare(options, progress.tell, progress.count)
        if options.dry_run and not options.fix:
            return show_plan(workspace, steps)
        results = run_plan(steps, workspace, load)
    unwritten = _unwritten(results, options.results)
    showing.show(results, options.format)
    if options.fix:
        load("commands.fixing").mend(options, results, workspace, steps)
    if unwritten:
        raise unwritten
    return exit_code(results)


def _unwritten(results: Results, path: Path | None) -> FatalError | None:
    """What kept the results file from being written: told after the findings, not instead of them."""
    try:
        if path is not None:
            write(results, path)
    except FatalError as error:
        return error
    return None
