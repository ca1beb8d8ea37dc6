"""What a developer reads at the prompt, or under a failed hook: the verdict first, then why."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.box import Box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from smokealarm.finding import Curve, Level, Picture, Table, Verdict
from smokealarm.report import wording
from smokealarm.report.chart import left_out, plot
from smokealarm.report.plain import defused, one_line, visible
from smokealarm.report.ranking import Entry, folded, grouped, of_outcome, ranked, weight
from smokealarm.results import Outcome, Results

MOST_FINDINGS, MOST_CASES, MOST_ROWS, MOST_COLUMNS, MOST_SILENCES = 50, 200, 30, 8, 3
WIDEST = 120  # longer lines are hard to read, however wide the window
LEVELS = {
    Level.FAILURE: ("✗", "x", "red"),
    Level.WARNING: ("!", "!", "yellow"),
    Level.NOTICE: ("•", "-", "blue"),
}
VERDICTS = {
    Verdict.PASS: ("✓", "+", "green"),
    Verdict.INCONCLUSIVE: ("?", "?", "yellow"),
    Verdict.ALARM: ("✗", "x", "red"),
}
_RULED = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
_RULED_ASCII = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


def render(
    results: Results, *, width: int | None = None, colour: bool = False, encoding: str | None = None
) -> str:
    """The report for a terminal of this width, in characters that the encoding has."""
    encoding = _known(encoding or getattr(sys.stdout, "encoding", None) or "utf-8")
    page = _Page(max(min(width or 100, WIDEST), 20), colour, _has(encoding, "✗→─⣿●◇╌…"))
    for part in (_verdict, _errors, _cases, _passed, _silences, _todo):
        part(page, results)
    lines = page.text().strip("\n").split("\n")
    text = "".join(f"{defused(line.rstrip())}\n" for line in lines)
    return text.encode(encoding, "backslashreplace").decode(encoding)


class _Page:
    """A console that writes into a string, and knows whether it may be fancy."""

    def __init__(self, width: int, colour: bool, fancy: bool) -> None:
        self.width = width
        self.fancy = fancy
        self._file = io.StringIO()
        self._console = Console(
            file=self._file,
            width=width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            no_color=not colour,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
            _environ={},  # the caller has read NO_COLOR and the rest
        )

    def say(self, *parts: tuple[str, str] | str, indent: int = 0, hang: int = 2) -> None:
        """Styled text that starts at `indent`; further lines hang `hang` deeper."""
        text = Text.assemble(*parts)
        first, *rest = text.wrap(self._console, max(self.width - indent - hang, 10)) or [Text()]
        for line, by in [(first, indent), *((line, indent + hang) for line in rest)]:
            line.rstrip()
            self.draw(Text(" " * by) + line)

    def draw(self, what: RenderableType, indent: int = 0) -> None:
        self._console.print(
            Padding(what, (0, 0, 0, indent)) if indent else what, soft_wrap=not indent
        )

    def gap(self) -> None:
        self._console.print()

    def sign(self, signs: tuple[str, str, str]) -> tuple[str, str]:
        return (signs[not self.fancy], f"bold {signs[2]}")

    def then(self) -> str:
        return "→" if self.fancy else "->"

    def text(self) -> str:
        text = self._file.getvalue()
        return text if self.fancy else text.replace("…", "...")


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "ascii"


def _has(encoding: str, characters: str) -> bool:
    try:
        characters.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _verdict(page: _Page, results: Results) -> None:
    signs = VERDICTS[Verdict.ALARM if results.errors else results.verdict]
    compared = one_line(results.environment.compared, 60)
    aside = ", ".join(part for part in (compared, wording.seconds(results.seconds)) if part)
    page.say(
        page.sign(signs),
        " ",
        (wording.headline(results), f"bold {signs[2]}"),
        (f"  ({aside})", "dim"),
    )


def _errors(page: _Page, results: Results) -> None:
    if results.errors:
        _heading(page, "configuration", wording.plural(len(results.errors), "error"))
        _told(page, [Entry(error, "configuration") for error in results.errors])


def _cases(page: _Page, results: Results) -> None:
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


def _case(page: _Page, outcomes: Sequence[Outcome]) -> None:
    order = {Verdict.ALARM: "alarmed", Verdict.INCONCLUSIVE: "inconclusive", Verdict.PASS: "passed"}
    counts = {
        word: sum(one.verdict is verdict for one in outcomes) for verdict, word in order.items()
    }
    told = [f"{count:,} {word}" for word, count in counts.items() if count]
    time = wording.seconds(sum(one.seconds for one in outcomes))
    _heading(page, _name(page, outcomes[0]), ", ".join([*told, time]))
    _told(page, [entry for one in outcomes for entry in of_outcome(one)])
    for picture in [picture for one in outcomes for picture in one.pictures]:
        _picture(page, picture)


def _told(page: _Page, told: list[Entry]) -> None:
    queue = ranked(folded(told))
    for entry in queue[:MOST_FINDINGS]:
        _entry(page, entry)
    hidden = weight(queue[MOST_FINDINGS:])
    if any(hidden.values()):
        page.say(_hidden(hidden), indent=2)


def _entry(page: _Page, entry: Entry) -> None:
    finding = entry.finding
    where = wording.place(finding)
    first, *rest = visible(finding.message[:4000]).strip().split("\n")
    parts = [(f"{where}  ", "bold") if where else "", (f"{one_line(entry.rule, 100)}  ", "cyan")]
    page.say(page.sign(LEVELS[finding.level]), " ", *parts, first.strip(), indent=2)
    for line in rest:
        page.say(line.rstrip(), indent=4, hang=0)
    numbers = ", ".join(wording.evidence(finding))
    for aside in (numbers, wording.repeated(entry)):
        if aside:
            page.say((aside, "dim"), indent=4, hang=0)
    if finding.remedy:
        page.say((f"{page.then()} {one_line(finding.remedy, 1000)}", "green"), indent=4)


def _picture(page: _Page, picture: Picture) -> None:
    page.gap()
    page.say((one_line(picture.title, 200), "bold"), indent=4)
    if isinstance(picture, Curve):
        _curve(page, picture)
    else:
        _table(page, picture)


def _curve(page: _Page, curve: Curve) -> None:
    for line in plot(curve, width=min(page.width - 6, 72), fancy=page.fancy):
        page.draw(Text(f"    {line}"))
    for note in left_out(curve):
        page.say((note, "dim"), indent=4, hang=0)


def _table(page: _Page, table: Table) -> None:
    grid = Grid(
        box=_RULED if page.fancy else _RULED_ASCII,
        show_edge=False,
        pad_edge=False,
        header_style="dim",
    )
    header = table.header[:MOST_COLUMNS]
    for column, name in enumerate(header):
        numeric = any(
            isinstance(row[column], (int, float)) for row in table.rows[:1] if column < len(row)
        )
        grid.add_column(Text(one_line(name, 60)), justify="right" if numeric else "left")
    for row in table.rows[:MOST_ROWS]:
        grid.add_row(*(Text(wording.scalar(cell)) for cell in row[: len(header)]))
    page.draw(grid, indent=4)
    hidden = (len(table.rows) - MOST_ROWS, len(table.header) - MOST_COLUMNS)
    told = [
        wording.plural(n, f"more {what}") for n, what in zip(hidden, ("row", "column")) if n > 0
    ]
    if told:
        page.say((f"{wording.listed(told)} in the results file", "dim"), indent=4)


def _passed(page: _Page, results: Results) -> None:
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


def _silences(page: _Page, results: Results) -> None:
    groups = grouped(results.silences)
    if not groups:
        return
    page.gap()
    for group in groups[:MOST_SILENCES]:
        page.say((f"- not run: {wording.silence(group)}", "dim"))
    hidden = sum(len(group) for group in groups[MOST_SILENCES:])
    if hidden:
        page.say((f"- not run: {hidden:,} more, in the results file", "dim"))


def _todo(page: _Page, results: Results) -> None:
    steps = wording.next_steps(results)
    if steps:
        page.gap()
        page.say(("What to do", "bold"))
    for number, step in enumerate(steps, 1):
        page.say(f"{number}. {step}", indent=2, hang=3)


def _heading(page: _Page, name: str, aside: str) -> None:
    page.gap()
    page.say((name, "bold underline"), (f"  {aside}", "dim"))


def _name(page: _Page, outcome: Outcome) -> str:
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
    return any(one.pictures or of_outcome(one) for one in outcomes)
