"""A curve in plain characters: it says where it starts and ends, and leaves gaps where they are."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from smokealarm.finding import Curve
from smokealarm.report.chart import left_out, plot
from tests.report import hostile
from tests.report.samples import CURVE, LONELY


def curve(*ys: float | None) -> Curve:
    return Curve(
        title="t",
        x_label="step",
        y_label="y",
        x=[float(n) for n in range(len(ys))],
        series={"a": list(ys)},
    )


def test_a_curve_without_a_number_says_so() -> None:
    assert plot(curve(None, math.nan, math.inf)) == ["(no finite point to draw)"]


def test_a_rising_line_goes_up_from_left_to_right() -> None:
    assert plot(curve(0, 1, 2, 3), width=14, height=4, fancy=False) == [
        "3 |        **",
        "  |     ***",
        "  |  ***",
        "0 |**",
        "  +----------",
        "   0  step  3",
    ]


def test_a_threshold_is_a_line_beside_a_fine_curve() -> None:
    *_, legend = lines = plot(CURVE)
    assert "loss  ╌╌ floor" in legend
    assert "0.05 ┤╌╌╌" in "\n".join(lines)


def test_where_the_numbers_stop_the_line_stops_and_is_explained() -> None:
    assert left_out(LONELY) == ["norm has no number at 51 of 200 points"]
    longest = max(len(line) for line in plot(LONELY)[:8])
    assert longest < len(plot(LONELY)[8]) * 0.8


def test_a_flat_line_runs_in_the_middle() -> None:
    drawn = plot(curve(5, 5, 5), width=20, height=5, fancy=False)
    assert [("--" in line) for line in drawn[:5]] == [False, False, True, False, False]


@hostile.documents
@given(hostile.curve, st.integers(1, 200), st.booleans())
def test_any_curve_can_be_drawn_in_the_width_it_was_given(
    any_curve: Curve, width: int, fancy: bool
) -> None:
    for line in plot(any_curve, width=width, fancy=fancy)[:-1]:
        assert "\n" not in line
        assert len(line) <= max(width, 60)
