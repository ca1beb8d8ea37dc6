"""A learning curve as a mermaid `xychart-beta`, which GitHub draws in a job summary."""

from __future__ import annotations

import re
from bisect import bisect_left

from smokealarm.finding import Curve
from smokealarm.report.chart import Points, Range, drawable
from smokealarm.report.plain import one_line

POINTS = 48  # as many as 700 pixels tell apart
COLOURS = {"🟦": "#0969da", "🟧": "#bc4c00", "🟩": "#1a7f37", "🟪": "#8250df"}
_NOT_PLAIN = re.compile(r"[^\w .,()+/=-]+")


def chart(curve: Curve) -> str:
    """The text of the chart; empty where fewer than two points can be drawn.

    The chart spaces its points evenly, so the series are read off at even steps of x.
    """
    series = drawable(curve)
    known = [x for points in series.values() for x, _ in points]
    if not known or min(known) == max(known):
        return ""
    xs = Range(min(known), max(known))
    lines = [_line(_at_even_steps(points, xs)) for points in series.values()]
    palette = f'"plotColorPalette": "{", ".join(list(COLOURS.values())[: len(series)])}"'
    return "\n".join(
        [
            f'%%{{init: {{"themeVariables": {{"xyChart": {{{palette}}}}}}}}}%%',
            "xychart-beta",
            f'    title "{_label(curve.title, 90)}"',
            f'    x-axis "{_label(curve.x_label, 40)}" {xs.low:.6f} --> {xs.high:.6f}',
            f'    y-axis "{_label(curve.y_label, 40)}"',
            *lines,
        ]
    )


def legend(curve: Curve) -> list[tuple[str, str]]:
    """The coloured square and the name of each series; mermaid draws no legend of its own."""
    return list(zip(COLOURS, drawable(curve)))


def _at_even_steps(points: Points, xs: Range) -> list[float]:
    """The series at POINTS even steps, straight between its points and level beyond them."""
    points = sorted(points)
    places = [x for x, _ in points]
    steps = (xs.low + (xs.high / POINTS - xs.low / POINTS) * step for step in range(POINTS + 1))
    return [_between(points, bisect_left(places, x), x) for x in steps]


def _between(points: Points, index: int, x: float) -> float:
    if index in (0, len(points)):
        return points[min(index, len(points) - 1)][1]
    (x0, y0), (x1, y1) = points[index - 1 : index + 1]
    part = Range(x0, x1).part(x)
    return y0 * (1 - part) + y1 * part


def _line(values: list[float]) -> str:
    return f"    line [{', '.join(_plain_number(value) for value in values)}]"


def _plain_number(value: float) -> str:
    """Mermaid reads no exponents."""
    text = f"{value:.4g}"
    return text if "e" not in text else f"{value:.9f}".rstrip("0").rstrip(".")


def _label(text: str, limit: int) -> str:
    """Only characters that mean nothing to mermaid, whoever wrote the text."""
    return _NOT_PLAIN.sub(" ", one_line(text, limit)).strip() or " "
