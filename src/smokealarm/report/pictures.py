"""Curves and tables on a terminal page."""

from __future__ import annotations

from rich.box import Box
from rich.table import Table as Grid
from rich.text import Text

from smokealarm.finding import Curve, Picture, Table
from smokealarm.report import wording
from smokealarm.report.chart import left_out, plot
from smokealarm.report.page import Page
from smokealarm.report.plain import one_line

MOST_ROWS, MOST_COLUMNS = 30, 8
_RULED = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
_RULED_ASCII = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


def draw_picture(page: Page, picture: Picture) -> None:
    """The title, and under it the picture in characters."""
    page.say((one_line(picture.title, 200), "bold"), indent=4)
    if isinstance(picture, Curve):
        _curve(page, picture)
    else:
        _table(page, picture)


def _curve(page: Page, curve: Curve) -> None:
    for line in plot(curve, width=min(page.width - 6, 72), fancy=page.fancy):
        page.draw(Text(f"    {line}"))
    for note in left_out(curve):
        page.say((note, "dim"), indent=4, hang=0)


def _table(page: Page, table: Table) -> None:
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
