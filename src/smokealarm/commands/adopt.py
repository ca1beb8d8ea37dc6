"""Format a folder in one commit of its own, which `git blame` looks through."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from smokealarm.loading import load


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm adopt --help`."""
    verb.add_argument("folder", metavar="FOLDER", help="which folder; `.` for the one you are in")
    verb.add_argument(
        "--tool", choices=("black",), default="black", help="the formatter (default: black)"
    )
    verb.add_argument(
        "--dry-run", action="store_true", help="say what would change; change nothing"
    )


def run(options: Namespace) -> int:
    """Format, commit, record, check."""
    exit_code: int = load("commands.adopting").run(options)
    return exit_code
