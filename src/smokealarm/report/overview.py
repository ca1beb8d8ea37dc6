"""What a verb that judges nothing has to show to people: a headline of its own, and every picture."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from smokealarm.report import wording
from smokealarm.report.page import Page, has_characters, known_encoding
from smokealarm.report.pictures import draw_picture
from smokealarm.report.plain import defused, one_line
from smokealarm.report.ranking import of_outcome
from smokealarm.report.signs import LEVELS
from smokealarm.results import Outcome, Results

MOST, WIDEST = 15, 120


def render(
    results: Results,
    *,
    headline: str,
    ending: Iterable[str] = (),
    width: int | None = None,
    colour: bool = False,
) -> str:
    """The page: the headline, the outcomes one after the other, the last words."""
    encoding = known_encoding(getattr(sys.stdout, "encoding", None) or "utf-8")
    page = Page(max(min(width or 100, WIDEST), 20), colour, has_characters(encoding, "✗→─⣿●◇╌…"))
    page.say((one_line(headline), "bold"))
    for outcome in results.outcomes:
        _outcome(page, outcome)
    page.gap()
    for line in ending:
        page.say(one_line(line))
    lines = page.text().strip("\n").split("\n")
    text = "".join(f"{defused(line.rstrip())}\n" for line in lines)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _outcome(page: Page, outcome: Outcome) -> None:
    for picture in outcome.pictures:
        page.gap()
        draw_picture(page, picture)
    entries = of_outcome(outcome)
    if entries:
        page.gap()
    for finding in [entry.finding for entry in entries[:MOST]]:
        where = wording.place(finding)
        place = (f"{where}  ", "bold") if where else ""
        page.say(page.sign(LEVELS[finding.level]), " ", place, one_line(finding.message), indent=4)
        if finding.remedy:
            page.say((f"{page.then()} {one_line(finding.remedy, 1000)}", "green"), indent=6)
    if len(entries) > MOST:
        page.say((f"and {len(entries) - MOST:,} more: see --format json", "dim"), indent=4)
