"""Shows what a verb found that judges nothing: `showing` would begin with a verdict."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable

from smokealarm.commands import showing
from smokealarm.loading import load
from smokealarm.results import Results


def present(results: Results, form: str, headline: str, ending: Iterable[str] = ()) -> None:
    """Print the results; the headline and the last words are for people only."""
    if form == "html":
        print(load("report.html").render(results, headline=headline), end="")
        return
    if form != "terminal":
        showing.show(results, form)
        return
    on_terminal = sys.stdout.isatty()
    text = load("report.overview").render(
        results,
        headline=headline,
        ending=ending,
        width=shutil.get_terminal_size().columns if on_terminal else None,
        colour=on_terminal and not os.environ.get("NO_COLOR"),
    )
    print(text, end="")
