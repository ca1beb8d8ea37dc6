"""The few lines of a run that has nothing to tell, for hooks: it does not pay for the terminal's report."""

from __future__ import annotations

from smokealarm.finding import Verdict
from smokealarm.report import wording
from smokealarm.report.ranking import grouped
from smokealarm.results import Results

ASKING = ("memorize",)  # stages whose checks find out for themselves whether they apply


def suffices(results: Results) -> bool:
    """Whether a line is enough: a pass without any finding."""
    return results.verdict is Verdict.PASS and not results.findings and not results.errors


def render(results: Results, *, width: int | None = None, colour: bool = False) -> str:
    """The verdict, what it follows from, and what a run that was not paid in full left unasked."""
    digest = wording.digest(results)
    lines = [f"{wording.headline(results)}{f'; digest {digest}' if digest else ''}"]
    unasked = [one for one in results.silences if one.stage in ASKING and one.check]
    lines += [f"not run: {wording.silence(group)}" for group in grouped(unasked)]
    return "".join(f"{line}\n" for line in lines)
