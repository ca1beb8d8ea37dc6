"""Propose what this repository could opt into for free, or nearly so."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from smokealarm.commands import showing
from smokealarm.loading import load


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm suggest --help`."""
    verb.add_argument("stage", choices=("style",), help="for which stage")
    verb.add_argument(
        "--write", action="store_true", help="write the proposals down, and show what is written"
    )
    verb.add_argument(
        "--layout",
        action="store_true",
        help="also propose rules of layout, where no formatter is in use",
    )
    verb.add_argument(
        "--budget",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="how long to look for the rules that people suppress (default: 60; 0: not at all)",
    )
    showing.add_arguments(verb, "--format")


def run(options: Namespace) -> int:
    """Ask, count, propose; write only on demand."""
    exit_code: int = load("commands.suggesting").run(options)
    return exit_code
