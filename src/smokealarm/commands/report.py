"""Show a results file again, in any form."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from smokealarm.commands import showing
from smokealarm.results import read


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm report --help`."""
    verb.add_argument("results", type=Path, help="a file that `smokealarm check --results` wrote")
    showing.add_arguments(verb, "--to")


def run(options: Namespace) -> int:
    """Print; a report never judges, so the exit code is 0 (see `smokealarm gate`)."""
    showing.show(read(options.results), options.format)
    return 0
