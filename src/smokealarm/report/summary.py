"""The job summary: one page of GitHub-flavoured Markdown that fits into its mebibyte.

GitHub drops a summary of more than 1 MiB as a whole. Each part therefore has a budget of bytes,
cuts its rows to it, and says how many it cut; the budgets add up to less than the limit.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from smokealarm.finding import Curve, Finding, Level, Picture, Table, Verdict
from smokealarm.report import markdown, mermaid, wording
from smokealarm.report.again import commands
from smokealarm.report.chart import left_out, plot
from smokealarm.report.markdown import code, details, fence, fitting, text
from smokealarm.report.ranking import Entry, drawn_by, entries, folded, grouped, ranked, weight
from smokealarm.results import Outcome, Results

FINDINGS, CHECKS, PICTURES, SILENCES = 450_000, 100_000, 250_000, 100_000  # bytes
MOST_FINDINGS, MOST_ROWS, MOST_COLUMNS = 500, 100, 12
SIGNS = {Verdict.PASS: "✅", Verdict.INCONCLUSIVE: "❔", Verdict.ALARM: "🚨"}
LOUD = {
    Level.FAILURE: "🔴&nbsp;failure",
    Level.WARNING: "🟡&nbsp;warning",
    Level.NOTICE: "🔵&nbsp;notice",
}


def render(results: Results, *, width: int | None = None, colour: bool = False) -> str:
    """The page: verdict, what to do, findings, curves, everything else folded away."""
    parts = [
        _head(results),
        _stages(results.outcomes),
        _findings(results),
        _pictures(results.outcomes),
        _checks(results.outcomes),
        _silences(results),
        _environment(results),
        details("Run it yourself", fence(commands(results.environment), "sh")),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(results: Results) -> list[str]:
    sign = "⛔" if results.errors else SIGNS[results.verdict]
    compared = text(results.environment.compared, 100)
    aside = " · ".join(part for part in (wording.seconds(results.seconds), compared) if part)
    steps = [
        f"{number}. {text(step)}" for number, step in enumerate(wording.next_steps(results), 1)
    ]
    todo = ["", "**What to do**", "", *steps] if steps else []
    return [f"## {sign} smokealarm: {wording.headline(results)}", "", f"<sub>{aside}</sub>", *todo]


def _stages(outcomes: Sequence[Outcome]) -> list[str]:
    """One row per stage, in the order of the run."""
    names = list(dict.fromkeys(outcome.stage for outcome in outcomes))
    rows = [_stage(name, [one for one in outcomes if one.stage == name]) for name in names[:20]]
    if not rows:
        return []
    header = ["", "stage", "cases", "passed", "alarmed", "inconclusive", "time"]
    more = len(names) - len(rows)
    note = ["", f"{wording.plural(more, 'more stage')}."] if more else []
    return [*markdown.table(header, rows, right=range(2, 7)), *note]


def _stage(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    order = (Verdict.PASS, Verdict.ALARM, Verdict.INCONCLUSIVE)
    counts = [sum(outcome.verdict is verdict for outcome in outcomes) for verdict in order]
    worst = Verdict.ALARM if counts[1] else Verdict.INCONCLUSIVE if counts[2] else Verdict.PASS
    cases = len({outcome.case for outcome in outcomes})
    time = wording.seconds(sum(outcome.seconds for outcome in outcomes))
    return [SIGNS[worst], text(name, 60), f"{cases:,}", *(f"{count:,}" for count in counts), time]


def _findings(results: Results) -> list[str]:
    queue = ranked(folded(entries(results)))
    if not queue:
        return []
    rows = fitting([markdown.row(_finding(entry)) for entry in queue[:MOST_FINDINGS]], FINDINGS)
    hidden = weight(queue[len(rows) :])
    more = [
        "",
        f"{wording.levels(hidden, 'more ')} left out here; the results file holds every one.",
    ]
    header = markdown.table(["level", "where", "what"], [])
    return ["### Findings", "", *header, *rows, *(more if any(hidden.values()) else [])]


def _finding(entry: Entry) -> list[str]:
    finding = entry.finding
    rule = markdown.link(code(entry.rule, 100), finding.help_url)
    where = "<br>".join(
        part for part in (code(wording.place(finding)), rule, text(finding.case, 100)) if part
    )
    return [LOUD[finding.level], where, "<br>".join(_said(entry, finding))]


def _said(entry: Entry, finding: Finding) -> list[str]:
    numbers = " · ".join(text(value) for value in wording.evidence(finding))
    said = [
        text(finding.message, 1000) or "(no message)",
        f"<sub>{numbers}</sub>" if numbers else "",
        f"<sub>{wording.repeated(entry)}</sub>" if entry.repeats else "",
        f"➜ {text(finding.remedy, 500)}" if finding.remedy else "",
    ]
    return [part for part in said if part]


def _pictures(outcomes: Sequence[Outcome]) -> list[str]:
    """Every picture that fits, whole."""
    pictures = drawn_by(outcomes)
    lines: list[str] = []
    shown = 0
    for outcome, picture in pictures[:50]:
        drawn = ["", *_picture(outcome, picture)]
        if sum(map(markdown.size, [*lines, *drawn])) > PICTURES:
            break
        lines += drawn
        shown += 1
    hidden = len(pictures) - shown
    more = ["", f"{wording.plural(hidden, 'more picture')} in the results file."] if hidden else []
    return ["### What was measured", *lines, *more] if pictures else []


def _picture(outcome: Outcome, picture: Picture) -> list[str]:
    name = f"{text(outcome.stage, 60)} / {text(outcome.check, 60)}, {text(outcome.case, 100)}"
    title = f"**{text(picture.title, 200)}** <sub>{name}</sub>"
    return [title, "", *(_curve(picture) if isinstance(picture, Curve) else _table(picture))]


def _curve(curve: Curve) -> list[str]:
    drawn = mermaid.chart(curve)
    plain = (
        details("the same in plain text", ["", *fence(plot(curve, fancy=False))])
        if drawn
        else fence(plot(curve, fancy=False))
    )
    names = [f"{square} {text(name)}" for square, name in mermaid.legend(curve)] if drawn else []
    notes = [text(note) for note in left_out(curve)]
    return [
        *(fence(drawn.split("\n"), "mermaid") if drawn else []),
        *(["", " · ".join([*names, *notes])] if names or notes else []),
        "",
        *plain,
    ]


def _table(table: Table) -> list[str]:
    header = [text(name, 60) for name in table.header[:MOST_COLUMNS]] or [" "]
    rows = [_cells(cells, len(header)) for cells in table.rows[:MOST_ROWS]]
    first = table.rows[0] if table.rows else []
    numbers = [column for column, cell in enumerate(first) if isinstance(cell, (int, float))]
    more = _more(len(table.rows) - len(rows), "row", len(table.header) - len(header), "column")
    return [*markdown.table(header, rows, right=numbers), *(["", more] if more else [])]


def _cells(cells: Sequence[str | int | float | None], columns: int) -> list[str]:
    known = [text(wording.scalar(cell), 200) for cell in cells[:columns]]
    return known + [""] * (columns - len(known))


def _more(rows: int, row: str, columns: int, column: str) -> str:
    counts = [wording.plural(rows, f"more {row}") if rows > 0 else ""]
    counts += [wording.plural(columns, f"more {column}") if columns > 0 else ""]
    told = wording.listed([count for count in counts if count])
    return f"{told} in the results file." if told else ""


def _checks(outcomes: Sequence[Outcome]) -> list[str]:
    """Every check that ran, folded away."""
    cells = [
        [
            SIGNS[one.verdict],
            text(one.stage, 60),
            text(one.case, 100),
            text(one.check, 60),
            wording.seconds(one.seconds),
        ]
        for one in outcomes[:1000]
    ]
    rows = fitting([markdown.row(row) for row in cells], CHECKS)
    if not rows:
        return []
    hidden = len(outcomes) - len(rows)
    more = ["", f"{wording.plural(hidden, 'more check')} in the results file."] if hidden else []
    table = [*markdown.table(["", "stage", "case", "check", "time"], [], right=[4]), *rows, *more]
    return details(f"Every check that ran ({len(outcomes):,})", table)


def _silences(results: Results) -> list[str]:
    """What was not run or not judged, and why, folded away."""
    told = grouped(results.silences)
    rows = fitting([f"- {text(wording.silence(group), 600)}" for group in told[:200]], SILENCES)
    if not rows:
        return []
    hidden = sum(len(group) for group in told[len(rows) :])
    more = [f"- {wording.plural(hidden, 'more silence')} in the results file"] if hidden else []
    return details(f"Not run or not judged ({len(results.silences):,})", [*rows, *more])


def _environment(results: Results) -> list[str]:
    facts = {**msgspec.structs.asdict(results.environment), "digest": wording.digest(results)}
    known = [[name, code(value, 200)] for name, value in facts.items() if value]
    return details("Where it ran", markdown.table(["", ""], known)) if known else []
