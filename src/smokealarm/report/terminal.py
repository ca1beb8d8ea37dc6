"""What a developer reads at the prompt, or under a failed hook: the verdict first, then why."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import groupby

from smokealarm.finding import Curve, Level, Verdict
from smokealarm.report import wording
from smokealarm.report.page import Page, has_characters, known_encoding
from smokealarm.report.pictures import draw_picture
from smokealarm.report.plain import defused, one_line, visible
from smokealarm.report.ranking import Entry, folded, grouped, of_outcome, ranked, weight
from smokealarm.report.signs import LEVELS, VERDICTS
from smokealarm.results import Outcome, Results

MOST_FAILURES, MOST_OTHERS, MOST_CASES, MOST_SILENCES = 50, 5, 200, 3
WIDEST = 120  # longer lines are hard to read, however wide the window


def render(
    results: Results, *, width: int | None = None, colour: bool = False, encoding: str | None = None
) -> str:
    """The report for a terminal of this width, in characters that the encoding has."""
    encoding = known_encoding(encoding or getattr(sys.stdout, "encoding", None) or "utf-8")
    page = Page(max(min(width or 100, WIDEST), 20), colour, has_characters(encoding, "✗→─⣿●◇╌…"))
    for part in (_verdict, _errors, _cases, _passed, _silences, _digest, _todo):
        part(page, results)
    lines = page.text().strip("\n").split("\n")
    text = "".join(f"{defused(line.rstrip())}\n" for line in lines)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _verdict(page: Page, results: Results) -> None:
    signs = VERDICTS[Verdict.ALARM if results.errors else results.verdict]
    compared = one_line(results.environment.compared, 60)
    aside = ", ".join(part for part in (compared, wording.seconds(results.seconds)) if part)
    page.say(
        page.sign(signs),
        " ",
        (wording.headline(results), f"bold {signs[2]}"),
        (f"  ({aside})", "dim"),
    )


def _errors(page: Page, results: Results) -> None:
    if results.errors:
        _heading(page, "configuration", wording.plural(len(results.errors), "error"))
        _told(page, [Entry(error, "configuration") for error in results.errors])


def _cases(page: Page, results: Results) -> None:
    """Every case with something to tell, in the order of the run."""
    cases = _by_case(results.outcomes)
    speaking = [case for case in cases if _speaks(case)]
    for outcomes in speaking[:MOST_CASES]:
        _case(page, outcomes)
    hidden = [entry for case in speaking[MOST_CASES:] for one in case for entry in of_outcome(one)]
    if hidden:
        page.gap()
        page.say(
            _hidden(
                weight(hidden), f" in {wording.plural(len(speaking) - MOST_CASES, 'more case')}"
            )
        )


def _case(page: Page, outcomes: Sequence[Outcome]) -> None:
    _heading(page, _name(page, outcomes[0]), wording.came_to(outcomes))
    _told(page, [entry for one in outcomes for entry in of_outcome(one)])
    for picture in [picture for one in outcomes for picture in one.pictures]:
        page.gap()
        draw_picture(page, picture)


def _told(page: Page, told: list[Entry]) -> None:
    queue = ranked(folded(told))
    failures = [entry for entry in queue if entry.finding.level is Level.FAILURE]
    others = [entry for entry in queue if entry.finding.level is not Level.FAILURE]
    for entry in [*failures[:MOST_FAILURES], *others[:MOST_OTHERS]]:
        _entry(page, entry)
    hidden = weight([*failures[MOST_FAILURES:], *others[MOST_OTHERS:]])
    if any(hidden.values()):
        page.say(_hidden(hidden), indent=2)


def _entry(page: Page, entry: Entry) -> None:
    finding = entry.finding
    where = wording.place(finding)
    first, *rest = visible(finding.message[:4000]).strip().split("\n")
    parts = [(f"{where}  ", "bold") if where else "", (f"{one_line(entry.rule, 100)}  ", "cyan")]
    page.say(page.sign(LEVELS[finding.level]), " ", *parts, first.strip(), indent=2)
    for line in rest:
        page.say(line.rstrip(), indent=4, hang=0)
    if aside := wording.repeated(entry):
        page.say((aside, "dim"), indent=4, hang=0)
    if finding.remedy:
        page.say((f"{page.then()} {one_line(finding.remedy, 1000)}", "green"), indent=4)


def _passed(page: Page, results: Results) -> None:
    """Cases with nothing to tell, in a line per stage."""
    quiet = [case for case in _by_case(results.outcomes) if not _speaks(case)]
    if not quiet:
        return
    page.gap()
    for stage, cases in groupby(quiet, key=lambda case: case[0].stage):
        known = list(cases)
        names = [one_line(case[0].case, 60) for case in known]
        more = f"{len(names) - 4:,} more" if len(names) > 4 else ""
        checks = wording.plural(sum(map(len, known)), "check")
        name = f"{one_line(stage, 40)}: {wording.listed([*names[:4], more])}"
        page.say(page.sign(VERDICTS[Verdict.PASS]), f" {name} ", (f"({checks} passed)", "dim"))
    if len(_by_case(results.outcomes)) == 1:  # whoever asks about one case alone wants to see it
        for picture in [one for outcome in quiet[0] for one in outcome.pictures]:
            if isinstance(picture, Curve):
                page.gap()
                draw_picture(page, picture)


def _silences(page: Page, results: Results) -> None:
    groups = grouped(results.silences)
    if not groups:
        return
    page.gap()
    for group in groups[:MOST_SILENCES]:
        page.say((f"- not run: {wording.silence(group)}", "dim"))
    hidden = sum(len(group) for group in groups[MOST_SILENCES:])
    if hidden:
        page.say((f"- not run: {hidden:,} more, in the results file", "dim"))


def _digest(page: Page, results: Results) -> None:
    if told := wording.digest(results):
        page.gap()
        page.say((f"digest {told}", "dim"))


def _todo(page: Page, results: Results) -> None:
    steps = wording.next_steps(results)
    if steps:
        page.gap()
        page.say(("What to do", "bold"))
    for number, step in enumerate(steps, 1):
        page.say(f"{number}. {step}", indent=2, hang=3)


def _heading(page: Page, name: str, aside: str) -> None:
    page.gap()
    page.say((name, "bold underline"), (f"  {aside}", "dim"))


def _name(page: Page, outcome: Outcome) -> str:
    between = " · " if page.fancy else " - "
    return between.join(
        part for part in (one_line(outcome.stage, 40), one_line(outcome.case, 100)) if part
    )


def _hidden(counts: dict[Level, int], where: str = "") -> tuple[str, str]:
    return (f"and {wording.levels(counts, 'more ')}{where}, in the results file", "bold")


def _by_case(outcomes: Iterable[Outcome]) -> list[list[Outcome]]:
    cases: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        cases.setdefault((outcome.stage, outcome.case), []).append(outcome)
    return list(cases.values())


def _speaks(outcomes: Iterable[Outcome]) -> bool:
    """A case that passed shows no tables here: they are in the summary and in the results file."""
    return any(of_outcome(one) for one in outcomes)
