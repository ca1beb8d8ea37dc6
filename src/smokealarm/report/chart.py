"""A learning curve in plain characters, for terminals and for pages that cannot draw."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from typing import NamedTuple

from smokealarm.finding import Curve
from smokealarm.report.plain import one_line

MOST_SERIES = 4
MOST_POINTS = 2000
MOST = sys.float_info.max
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # Unicode, "Braille Patterns"
_MARKS = ("●○◆◇", "*o+x")
_FRAME = (("┤", "│", "└", "─", "╌"), ("|", "|", "+", "-", "-"))

Points = list[tuple[float, float]]
Picture = dict[tuple[int, int], str]  # (row, column) -> character


class Range(NamedTuple):
    low: float
    high: float

    def part(self, value: float) -> float:
        """Where the value stands between low (0) and high (1), without overflow."""
        span = self.high / 2 - self.low / 2
        return (value / 2 - self.low / 2) / span if span else 0.5


class Size(NamedTuple):
    width: int
    height: int
    fancy: bool


def drawable(curve: Curve) -> dict[str, Points]:
    """The series with at least one finite point, without the points that are not finite."""
    series = {
        one_line(name, 40): [(x, y) for x, y in zip(curve.x, ys) if y is not None and finite(x, y)]
        for name, ys in list(curve.series.items())[:MOST_SERIES]
    }
    return {name: _thinned(points) for name, points in series.items() if points}


def left_out(curve: Curve, most: int = MOST_SERIES) -> list[str]:
    """What a drawing of `most` series does not show, in words: more series, points without a number."""
    gone = [
        f"{one_line(name, 40)} has no number at {missing:,} of {len(ys):,} points"
        for name, ys in list(curve.series.items())[:most]
        if (missing := sum(not finite(x, y) for x, y in zip(curve.x, ys)))
    ]
    more = len(curve.series) - most
    return gone + ([f"{more:,} more series are not drawn"] if more > 0 else [])


def plot(curve: Curve, width: int = 72, height: int = 8, fancy: bool = True) -> list[str]:
    """The curve as lines of text, without its title; a sentence where nothing can be drawn."""
    series = drawable(curve)
    if not series:
        return ["(no finite point to draw)"]
    xs = range_of(x for x in curve.x if math.isfinite(x))
    ys = range_of(y for points in series.values() for _, y in points)
    labels = (f"{ys.high:.3g}", f"{ys.low:.3g}")
    size = Size(max(width - max(map(len, labels)) - 3, 10), height, fancy)
    picture: Picture = {}
    marks = _marks(series, fancy)
    for name, points in series.items():
        picture |= _drawn([(xs.part(x), ys.part(y)) for x, y in points], size, marks[name])
    legend = "  ".join(f"{mark or '⣀⡠⠔'} {name}" for name, mark in marks.items())
    footer = _footed(one_line(curve.x_label, 30), xs, size, labels)
    return [*_framed(picture, size, labels), *footer, *([f"  {legend}"] if len(series) > 1 else [])]


def _marks(series: dict[str, Points], fancy: bool) -> dict[str, str]:
    """What each series is drawn with; empty for fine dots, which only one series can have.

    A threshold is a line of its own kind, not a wave.
    """
    flat = [name for name, points in series.items() if _is_flat(points)]
    waves = [name for name in series if name not in flat]
    fine = fancy and len(waves) == 1
    marks = dict(zip(waves, [""] if fine else _MARKS[not fancy]))
    return {name: marks.get(name, _FRAME[not fancy][4] * 2) for name in series}


def _is_flat(points: Points) -> bool:
    return len(points) > 1 and len({y for _, y in points}) == 1


def _drawn(cells: Points, size: Size, mark: str) -> Picture:
    if len(mark) == 2:
        row = round((1 - cells[0][1]) * (size.height - 1))
        return {(row, column): mark[0] for column in range(size.width)}
    if mark:
        return dict.fromkeys(_dots(cells, size.width, size.height), mark)
    masks: dict[tuple[int, int], int] = {}
    for row, column in _dots(cells, 2 * size.width, 4 * size.height):
        cell = (row // 4, column // 2)
        masks[cell] = masks.get(cell, 0) | _DOTS[row % 4][column % 2]
    return {cell: chr(0x2800 + mask) for cell, mask in masks.items()}


def _dots(cells: Points, width: int, height: int) -> list[tuple[int, int]]:
    """The dots on the way through all points, each step along the longer direction."""
    spots = [(round((1 - y) * (height - 1)), round(x * (width - 1))) for x, y in cells]
    dots = spots[:1]
    for (row, column), (next_row, next_column) in zip(spots, spots[1:]):
        steps = max(abs(next_row - row), abs(next_column - column), 1)
        for step in range(1, steps + 1):
            part = step / steps
            across = round(column + part * (next_column - column))
            dots.append((round(row + part * (next_row - row)), across))
    return dots


def _framed(picture: Picture, size: Size, labels: tuple[str, str]) -> list[str]:
    tick, side, *_ = _FRAME[not size.fancy]
    gutter = max(map(len, labels))
    lines = []
    for row in range(size.height):
        label = {0: labels[0], size.height - 1: labels[1]}.get(row, "")
        drawn = "".join(picture.get((row, column), " ") for column in range(size.width))
        lines.append(f"{label:>{gutter}} {tick if label else side}{drawn}".rstrip())
    return lines


def _footed(label: str, xs: Range, size: Size, labels: tuple[str, str]) -> list[str]:
    corner, floor = _FRAME[not size.fancy][2:4]
    indent = " " * (max(map(len, labels)) + 1)
    start, end = f"{xs.low:.6g}", f"{xs.high:.6g}"
    room = max(size.width - len(start) - len(end), 1)
    between = f"{label if len(label) < room - 1 else '':^{room}}"
    return [f"{indent}{corner}{floor * size.width}", f"{indent} {start}{between}{end}"]


def range_of(values: Iterable[float]) -> Range:
    known = list(values)
    low, high = min(known), max(known)
    pad = 0.0 if low < high else min(abs(low) / 2 or 1.0, 1e300)  # a flat line runs in the middle
    return Range(max(low - pad, -MOST), min(high + pad, MOST))


def _thinned(points: Points) -> Points:
    """Few enough points for any drawing here, with the first and the last of them."""
    stride = -(-len(points) // MOST_POINTS)
    return points if stride <= 1 else [*points[:-1:stride], points[-1]]


def finite(x: float, y: float | None) -> bool:
    return y is not None and math.isfinite(x) and math.isfinite(y)
