"""Show how much of the repository keeps which rule, over time and now."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from smokealarm.commands import showing
from smokealarm.loading import load


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm status --help`."""
    verb.add_argument(
        "--since",
        default="365",
        metavar="DAY",
        help="from when on: a date (2026-01-31) or a number of days (default: 365)",
    )
    verb.add_argument(
        "--points", type=int, default=20, help="at how many points in time (default: 20)"
    )
    verb.add_argument(
        "--budget",
        type=float,
        default=20.0,
        metavar="SECONDS",
        help="how long to look for the rules that people suppress (default: 20; 0: not at all)",
    )
    showing.add_arguments(verb, "--format")


def run(options: Namespace) -> int:
    """Read the record at each point, and count."""
    exit_code: int = load("commands.charting").run(options)
    return exit_code
