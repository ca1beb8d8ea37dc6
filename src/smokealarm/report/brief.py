"""The one line of a run that has nothing to tell, for hooks: it does not pay for the terminal's report."""

from __future__ import annotations

from smokealarm.finding import Verdict
from smokealarm.report import wording
from smokealarm.results import Results


def suffices(results: Results) -> bool:
    """Whether a line is enough: a pass without any finding."""
    return results.verdict is Verdict.PASS and not results.findings and not results.errors


def render(results: Results, *, width: int | None = None, colour: bool = False) -> str:
    """The verdict, and what it follows from."""
    digest = wording.digest(results)
    return f"{wording.headline(results)}{f'; digest {digest}' if digest else ''}\n"
