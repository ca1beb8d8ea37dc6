"""Curves and tables as figures of a page."""

from __future__ import annotations

from collections.abc import Sequence

from smokealarm.finding import Curve, Picture, Scalar, Table
from smokealarm.report import wording
from smokealarm.report.chart import left_out
from smokealarm.report.markup import details, element, table, text
from smokealarm.report.svg import MOST_SERIES, chart
from smokealarm.results import Outcome

MOST_ROWS, FOLDED_ROWS, MOST_COLUMNS = 30, 1000, 50
MOST_NUMBERS = 200  # rows under a curve


def figure(outcome: Outcome, picture: Picture, name: str) -> str:
    """The picture under its title, and who drew it; `name` is its own in the page."""
    who = ", ".join(
        part
        for part in (
            "/".join(text(word, 60) for word in (outcome.stage, outcome.check) if word),
            text(outcome.case, 100),
        )
        if part
    )
    title = element("h3", text(picture.title, 200) or "(no title)")
    caption = element("figcaption", title, element("p", who, class_="aside"))
    drawn = _curve(picture, name) if isinstance(picture, Curve) else _table(picture)
    return element("figure", caption, "\n", drawn) + "\n"


def _curve(curve: Curve, name: str) -> str:
    drawn = chart(curve, name) or element("p", "(no finite point to draw)")
    notes = [element("p", text(note), class_="aside") for note in left_out(curve, MOST_SERIES)]
    return drawn + "".join(notes) + _numbers(curve)


def _numbers(curve: Curve) -> str:
    """The same in numbers, for whoever cannot see a drawing or wants to know exactly."""
    stride = -(-len(curve.x) // MOST_NUMBERS) or 1
    names = list(curve.series)[:MOST_COLUMNS]
    header = [text(name, 60) or "(no name)" for name in (curve.x_label, *names)]
    rows = [
        [_cell(curve.x[index]), *(_cell(_at(curve.series[name], index)) for name in names)]
        for index in range(0, len(curve.x), stride)
    ]
    if not rows:
        return ""
    every = f", at one in {stride:,} of {len(curve.x):,} points" if stride > 1 else ""
    caption = f"The numbers: {text(curve.title, 200)}"
    return details(f"The numbers{every}", table(caption, header, rows, right=range(len(header))))


def _at(values: Sequence[float | None], index: int) -> float | None:
    return values[index] if index < len(values) else None


def _table(drawn: Table) -> str:
    """The first rows, and as many more as a page can carry, folded away."""
    header = [text(name, 60) for name in drawn.header[:MOST_COLUMNS]] or [""]
    rows = drawn.rows[: MOST_ROWS + FOLDED_ROWS]
    shown = _rows(drawn.title, header, rows[:MOST_ROWS], 0)
    folded = rows[MOST_ROWS:]
    if folded:
        more = wording.plural(len(folded), "more row")
        shown += details(more, _rows(f"{drawn.title}, more rows", header, folded, MOST_ROWS))
    hidden = {
        "more row": len(drawn.rows) - len(rows),
        "more column": len(drawn.header) - MOST_COLUMNS,
    }
    told = wording.listed(wording.plural(n, noun) for noun, n in hidden.items() if n > 0)
    return shown + (element("p", f"{told} in the results file", class_="aside") if told else "")


def _rows(title: str, header: list[str], rows: list[list[Scalar]], start: int) -> str:
    columns = range(len(header))
    numbers = [
        column for column in columns if any(_is_number(row[column : column + 1]) for row in rows)
    ]
    cells = [
        [_cell(cell) for cell in row[: len(header)]] + [""] * (len(header) - len(row))
        for row in rows
    ]
    return table(text(title, 200) or "Table", header, cells, right=numbers)


def _is_number(cell: list[Scalar]) -> bool:
    return bool(cell) and isinstance(cell[0], (int, float)) and not isinstance(cell[0], bool)


def _cell(value: Scalar) -> str:
    return text(wording.scalar(value), 200)
