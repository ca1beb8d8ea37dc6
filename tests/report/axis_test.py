"""Ticks are round, few and told apart, whatever the numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smokealarm.report.axis import MOST_TICKS, across, upwards

finite = st.floats(allow_nan=False, allow_infinity=False)


def labels(ticks: list[tuple[float, str]]) -> list[str]:
    return [label for _, label in ticks]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([1.0, 24.0], ["5", "10", "15", "20"], id="commits"),
        pytest.param([1.0, 3.0], ["1", "2", "3"], id="whole numbers have no halves"),
        pytest.param(
            [2019.0, 2024.0], ["2019", "2020", "2021", "2022", "2023", "2024"], id="years"
        ),
        pytest.param([0.0, 20000.0], ["0", "5,000", "10,000", "15,000", "20,000"], id="thousands"),
        pytest.param([1e-4, 1e-3, 1e-2, 1e-1], ["0.0001", "0.001", "0.01", "0.1"], id="a sweep"),
    ],
)
def test_the_axis_across_counts_what_it_is_given(values: list[float], expected: list[str]) -> None:
    assert labels(across(values).ticks) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([31.0, 97.0], ["0", "20", "40", "60", "80", "100"], id="zero is near"),
        pytest.param([95.5, 99.0], ["95", "96", "97", "98", "99"], id="zero is far"),
        pytest.param([-0.2, 0.3], ["-0.2", "-0.1", "0", "0.1", "0.2", "0.3"], id="both signs"),
        pytest.param([7.0, 7.0], ["0", "5", "10", "15"], id="a flat line"),
        pytest.param([2e-9, 4e-9], ["2.0e-9", "2.5e-9", "3.0e-9", "3.5e-9", "4.0e-9"], id="tiny"),
    ],
)
def test_the_axis_upwards_ends_at_ticks(values: list[float], expected: list[str]) -> None:
    assert labels(upwards(values).ticks) == expected


def test_a_line_over_many_decades_is_drawn_in_decades() -> None:
    axis = upwards([2.3 * 0.95**step for step in range(200)])
    assert axis.is_log
    assert labels(axis.ticks) == ["1e-5", "0.001", "0.1", "10"]
    assert axis.part(0.01) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([float(n) for n in range(1, 5000)], id="a straight line"),
        pytest.param([0.0, 1.0, 1000.0, 100000.0], id="zero among them"),
        pytest.param([-1e-3, 1.0, 1e6], id="less than zero among them"),
    ],
)
def test_decades_are_not_for_every_line(values: list[float]) -> None:
    assert not upwards(values).is_log and not across(values).is_log


@given(st.lists(finite, min_size=1, max_size=20))
def test_every_value_has_a_place_and_every_tick_a_label_of_its_own(values: list[float]) -> None:
    for axis in (across(values), upwards(values)):
        assert all(-1e-6 <= axis.part(value) <= 1 + 1e-6 for value in values)
        parts = [part for part, _ in axis.ticks]
        assert parts == sorted(parts) and all(-1e-6 <= part <= 1 + 1e-6 for part in parts)
        assert len(parts) <= MOST_TICKS + 3
        assert len(set(labels(axis.ticks))) == len(parts) or min(values) == max(values)
