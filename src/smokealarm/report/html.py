"""The report as one HTML file, for a browser: it runs no script and loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from smokealarm.finding import Machine, Verdict
from smokealarm.report import html_findings, wording
from smokealarm.report.again import commands
from smokealarm.report.html_pictures import figure
from smokealarm.report.markup import code, details, element, items, table, text
from smokealarm.report.ranking import drawn_by, entries, folded, grouped, ranked, weight
from smokealarm.report.signs import VERDICTS
from smokealarm.results import Environment, Outcome, Results, Silence, verdict_of

STYLE = Path(__file__).with_name("html.css")
MOST_STAGES, MOST_PICTURES, OPEN_PICTURES = 20, 100, 12
MOST_CHECKS, OPEN_CHECKS = 5000, 20
MOST_SILENCES, OPEN_SILENCES, MOST_NAMES = 1000, 20, 3
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}</body>
</html>
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"

Part = tuple[str, str, str]  # the name of a section, its heading, and what is in it


def render(
    results: Results, *, headline: str = "", width: int | None = None, colour: bool = False
) -> str:
    """The page, in characters that every encoding of a terminal, a pipe or a file has.

    A verb that judges nothing has a headline of its own; its page speaks of no verdict.
    """
    left_out = {"checks", "again"} if headline else set()
    parts = [part for part in _parts(results) if part[2] and part[0] not in left_out]
    head = _overview(results, headline) if headline else _verdict(results)
    main = element("main", element("header", head, "\n", _contents(parts)), *map(_section, parts))
    page = PAGE.format(
        policy=POLICY,
        title=text(f"{headline or wording.headline(results)} - smokealarm"),
        style=STYLE.read_text(encoding="ascii"),
        body=f"{main}\n{_footer(results.environment)}\n",
    )
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _parts(results: Results) -> list[Part]:
    """Everything under the verdict, in the order in which it matters."""
    told = entries(results)
    errors = len(results.errors)
    wrong, found = ranked(folded(told[:errors])), ranked(folded(told[errors:]))
    counts = wording.levels(weight(found))
    return [
        ("errors", "Wrong configuration or input", html_findings.listed(wrong) if wrong else ""),
        ("findings", f"Findings: {counts}", html_findings.listed(found) if found else ""),
        ("measured", "What was measured", _pictures(results.outcomes)),
        ("checks", "Every check that ran", _checks(results.outcomes)),
        ("silences", "Not run or not judged", _silences(results.silences)),
        ("environment", "Where it ran", _environment(results)),
        ("again", "Run it yourself", _again(results.environment)),
    ]


def _section(part: Part) -> str:
    name, heading, content = part
    title = element("h2", heading, id=name)
    return element("section", title, "\n", content, aria_labelledby=name) + "\n"


def _verdict(results: Results) -> str:
    worst = Verdict.ALARM if results.errors else results.verdict
    head = f"{_sign(worst)} {text(wording.headline(results))}"
    steps = "".join(f"<li>{text(step)}</li>\n" for step in wording.next_steps(results))
    todo = element("h2", "What to do") + element("ol", steps) if steps else ""
    return _banner(results, head, worst.value) + "\n" + _stages(results.outcomes) + todo


def _overview(results: Results, headline: str) -> str:
    return _banner(results, text(headline), "overview")


def _banner(results: Results, head: str, kind: str) -> str:
    compared = text(results.environment.compared, 100)
    facts = ("smokealarm", wording.seconds(results.seconds), compared)
    aside = element("p", " · ".join(fact for fact in facts if fact), class_="aside")
    return element("div", element("h1", head), aside, class_=f"verdict {kind}")


def _contents(parts: list[Part]) -> str:
    links = items(element("a", heading, href=f"#{name}") for name, heading, _ in parts)
    return element("nav", links, aria_label="Parts of this report")


def _stages(outcomes: Sequence[Outcome]) -> str:
    """A line per stage, in the order of the run: what it came to, in words."""
    stages: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        stages.setdefault(outcome.stage, []).append(outcome)
    more = len(stages) - MOST_STAGES
    lines = [_stage(name, of) for name, of in list(stages.items())[:MOST_STAGES]]
    return items(lines + [wording.plural(more, "more stage")] * (more > 0), class_="stages")


def _stage(name: str, outcomes: Sequence[Outcome]) -> str:
    verdict = verdict_of(outcomes, ())
    said = element("span", _sign(verdict), " ", verdict.value, class_=f"said {verdict.value}")
    cases = wording.plural(len({outcome.case for outcome in outcomes}), "case")
    aside = element("span", f"{wording.came_to(outcomes)}, {cases}", class_="aside")
    return f"<b>{text(name, 60) or '(no stage)'}</b> {said} {aside}"


def _sign(verdict: Verdict) -> str:
    return element("span", VERDICTS[verdict][0], class_="sign", aria_hidden="true")


def _pictures(outcomes: Sequence[Outcome]) -> str:
    pictures = drawn_by(outcomes)
    drawn = [
        figure(outcome, picture, f"picture-{number}")
        for number, (outcome, picture) in enumerate(pictures[:MOST_PICTURES], 1)
    ]
    more = drawn[OPEN_PICTURES:]
    hidden = len(pictures) - len(drawn)
    return "".join(
        [
            *drawn[:OPEN_PICTURES],
            details(wording.plural(len(more), "more picture"), *more) if more else "",
            element("p", f"{wording.plural(hidden, 'more picture')} in the results file")
            * (hidden > 0),
        ]
    )


def _checks(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return ""
    ran_on = any(outcome.machine != Machine() for outcome in outcomes)
    header = ["check", "stage", "case", "came to", "findings", "time", *(["ran on"] * ran_on)]
    rows = [_check(outcome, ran_on) for outcome in outcomes[:MOST_CHECKS]]
    drawn = table("Every check that ran", header, rows, right=(4, 5))
    hidden = len(outcomes) - len(rows)
    more = element("p", f"{wording.plural(hidden, 'more check')} in the results file")
    summary = wording.plural(len(outcomes), "check")
    return details(summary, drawn, more * (hidden > 0), is_open=len(outcomes) <= OPEN_CHECKS)


def _check(outcome: Outcome, ran_on: bool) -> list[str]:
    machine = ", ".join(value for value in msgspec.structs.astuple(outcome.machine) if value)
    return [
        text(outcome.check, 60),
        text(outcome.stage, 60),
        text(outcome.case, 100),
        f"{_sign(outcome.verdict)} {outcome.verdict.value}",
        f"{len(outcome.findings):,}",
        wording.seconds(outcome.seconds),
        *([text(machine, 200)] * ran_on),
    ]


def _silences(silences: Sequence[Silence]) -> str:
    lines = [_silence(group) for group in grouped(silences)]
    folds = lines[OPEN_SILENCES:MOST_SILENCES]
    hidden = len(lines) - MOST_SILENCES
    more = element("p", f"{wording.plural(hidden, 'more reason')} in the results file")
    return "".join(
        [
            items(lines[:OPEN_SILENCES]),
            details(wording.plural(len(folds), "more reason"), items(folds)) if folds else "",
            more * (hidden > 0),
        ]
    )


def _silence(group: list[Silence]) -> str:
    """What was left out for one reason; all of it, folded, where that is a lot."""
    said = text(wording.silence(group, MOST_NAMES), 1000)
    names = wording.left_out(group, limit=300)
    if len(names) <= MOST_NAMES:
        return said
    return said + details(f"All {len(names):,}", items(map(code, names)))


def _environment(results: Results) -> str:
    facts = {**msgspec.structs.asdict(results.environment), "digest": wording.digest(results)}
    rows = [f"<dt>{name}</dt><dd>{code(value)}</dd>\n" for name, value in facts.items() if value]
    return element("dl", "\n", *rows) if rows else ""


def _again(environment: Environment) -> str:
    typed = "\n".join(text(command) for command in commands(environment))
    return element("pre", element("code", typed), tabindex=0)


def _footer(environment: Environment) -> str:
    made = f"Made by smokealarm {text(environment.smokealarm, 30)} from one results file."
    return element("footer", element("p", f"{made} It runs no script and loads nothing."))
