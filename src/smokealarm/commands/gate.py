"""Exit by the verdict of a results file, and say nothing else."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from smokealarm.results import exit_code, read


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm gate --help`."""
    verb.add_argument("results", type=Path, help="a file that `smokealarm check --results` wrote")


def run(options: Namespace) -> int:
    """The exit code that the check had."""
    return exit_code(read(options.results))
