"""A curve as an inline SVG that keeps its letters readable at any width, without a script.

The drawing is as wide as its surroundings: places are given in per cent, the lines are stretched
with a stroke that is not, and the labels hang out into a margin. Series differ in colour, in the
dashes of the line and in the shape of their marks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from smokealarm.finding import Curve
from smokealarm.report import wording
from smokealarm.report.axis import Axis, across, upwards
from smokealarm.report.chart import MOST_POINTS, finite
from smokealarm.report.markup import element, items, text
from smokealarm.report.plain import one_line

MOST_SERIES = 8
MOST_MARKS = 12
# Shapes around a point: disc, square, triangle, diamond, upside-down triangle, plus, cross, ring.
SHAPES = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "M-3.5 -3.5h7v7h-7z",
    "M0 -4.5L4.5 3.5H-4.5z",
    "M0 -5L5 0L0 5L-5 0z",
    "M0 4.5L4.5 -3.5H-4.5z",
    "M-5 -1.5H-1.5V-5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5z",
    "M-4.5 -2.5L-2.5 -4.5L0 -2L2.5 -4.5L4.5 -2.5L2 0L4.5 2.5L2.5 4.5L0 2L-2.5 4.5L-4.5 2.5L-2 0z",
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
)

Point = tuple[float, float]


class Series(NamedTuple):
    """A line to draw: its points in runs between the gaps, and the number of its style."""

    name: str
    runs: list[list[Point]]
    style: int

    @property
    def points(self) -> list[Point]:
        return [point for run in self.runs for point in run]


def series_of(curve: Curve) -> list[Series]:
    """The series that have something to draw."""
    named = list(curve.series.items())[:MOST_SERIES]
    return [
        Series(one_line(name, 60) or "(no name)", runs, index)
        for index, (name, ys) in enumerate(named)
        if (runs := _runs(zip(curve.x, ys)))
    ]


def chart(curve: Curve, name: str) -> str:
    """The drawing and its legend; `name` is its own in the page. Empty where there is no point."""
    drawn = series_of(curve)
    if not drawn:
        return ""
    xs = across(x for x in curve.x if math.isfinite(x))
    ys = upwards(y for one in drawn for _, y in one.points)
    gutter = 16 + 7 * max(len(label) for _, label in ys.ticks)
    drawing = element(
        "svg",
        element("title", text(curve.title, 200) or "Chart", id=f"{name}-title"),
        element("desc", _described(curve, drawn), id=f"{name}-desc"),
        *_frame(xs, ys),
        _lines(drawn, xs, ys),
        *(_marks(one, xs, ys) for one in drawn),
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        height=220,
        style=f"margin-left:{gutter}px;width:calc(100% - {gutter + 20}px)",
    )
    scales = [f"{text(label, 60)}{', log scale' if axis.is_log else ''}" for label, axis in
              ((curve.y_label, ys), (curve.x_label, xs))]  # fmt: skip
    up, along = (element("p", scale, class_="axis", aria_hidden="true") for scale in scales)
    plot = element("div", up, drawing, along, class_="plot")
    return element("div", plot, "\n", _legend(drawn), class_="chart") + "\n"


def _runs(points: Iterable[tuple[float, float | None]]) -> list[list[Point]]:
    """The points between the gaps, few enough for any drawing."""
    known = list(points)
    stride = -(-len(known) // MOST_POINTS) or 1
    runs: list[list[Point]] = [[]]
    for x, y in [*known[:-1:stride], *known[-1:]]:
        if y is not None and finite(x, y):
            runs[-1].append((x, y))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _frame(xs: Axis, ys: Axis) -> Iterable[str]:
    """Grid, ticks and their labels; of long labels across, every other one may go on a small screen."""
    for part, label in ys.ticks:
        y = _percent(1 - part)
        yield element("line", x1="0", x2="100%", y1=y, y2=y, class_="grid")
        yield element("text", label, x="0", y=y, dx=-8, dy="0.32em", text_anchor="end")
    are_long = sum(len(label) for _, label in xs.ticks) > 24
    for index, (part, label) in enumerate(xs.ticks):
        x = _percent(part)
        yield element("svg", element("path", d="M0 0v5", class_="tick"), x=x, y="100%")
        kind = {"class_": "odd"} if are_long and index % 2 else {}
        yield element("text", label, x=x, y="100%", dy="1.5em", text_anchor="middle", **kind)


def _lines(drawn: list[Series], xs: Axis, ys: Axis) -> str:
    paths = (
        element("path", d=_path(one.runs, xs, ys), class_=f"line s{one.style}") for one in drawn
    )
    frame = {"viewBox": "0 0 1000 1000", "preserveAspectRatio": "none"}
    return element("svg", *paths, width="100%", height="100%", class_="lines", **frame)


def _path(runs: list[list[Point]], xs: Axis, ys: Axis) -> str:
    return "".join(
        "M" + "L".join(f"{1000 * xs.part(x):.4g} {1000 * (1 - ys.part(y)):.4g}" for x, y in run)
        for run in runs
    )


def _marks(one: Series, xs: Axis, ys: Axis) -> str:
    """Some of the points, others than those of the series before; a point alone has no line."""
    points = one.points
    stride = -(-len(points) // MOST_MARKS)
    start = one.style * stride // 3 % stride
    lonely = [run[0] for run in one.runs if len(run) == 1][:MOST_POINTS]
    return "".join(
        element("svg", _mark(one), x=_percent(xs.part(x)), y=_percent(1 - ys.part(y)))
        for x, y in dict.fromkeys([*points[start::stride], *lonely])
    )


def _mark(one: Series) -> str:
    return element("path", d=SHAPES[one.style], class_=f"mark s{one.style}")


def _legend(drawn: list[Series]) -> str:
    """In the order in which the lines end, from the top."""
    ordered = sorted(drawn, key=lambda one: -one.points[-1][1])
    return items(
        (
            f"{_swatch(one)} {text(one.name, 60)} "
            + element("span", "last ", wording.scalar(float(one.points[-1][1])), class_="aside")
            for one in ordered
        ),
        class_="legend",
    )


def _swatch(one: Series) -> str:
    line = element("path", d="M0 7H36", class_=f"line s{one.style}")
    mark = element("svg", _mark(one), x=18, y=7)
    return element("svg", line, mark, width=36, height=14, aria_hidden="true")


def _described(curve: Curve, drawn: list[Series]) -> str:
    """The drawing in words."""
    told = [f"{one_line(curve.y_label, 60)} over {one_line(curve.x_label, 60)}."]
    for one in drawn:
        values = [y for _, y in one.points]
        first, low, high, last = map(
            wording.scalar, map(float, (values[0], min(values), max(values), values[-1]))
        )
        told.append(f"{one.name}: first {first}, last {last}, lowest {low}, highest {high}.")
    return text(" ".join(told), 2000)


def _percent(part: float) -> str:
    return f"{100 * part if math.isfinite(part) else 0:.4g}%"
