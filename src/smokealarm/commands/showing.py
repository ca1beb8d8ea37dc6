"""Show a results document in one of the forms that the reports know."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import ArgumentParser

from smokealarm.loading import load
from smokealarm.results import Results

FORMS = ("terminal", "annotations", "summary", "html", "json")


def add_arguments(verb: ArgumentParser, flag: str) -> None:
    """The flag that chooses the form."""
    verb.add_argument(
        flag,
        dest="format",
        choices=FORMS,
        default="terminal",
        help="for people (default: terminal), GitHub or programs",
    )


def show(results: Results, form: str) -> None:
    """Print the results in that form."""
    on_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if on_terminal else None
    colour = on_terminal and not os.environ.get("NO_COLOR")
    if form == "terminal" and not on_terminal and load("report.brief").suffices(results):
        form = "brief"
    text = load(f"report.{form}").render(results, width=width, colour=colour)
    print(text, end="" if text.endswith("\n") else "\n")
