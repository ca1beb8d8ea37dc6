"""Numbers as a tired reader sees them."""

from __future__ import annotations

import numpy as np
import pytest

from smokealarm.regress.verdict import judge
from smokealarm.regress.wording import change, p_value, points


def test_no_change_reads_as_none() -> None:
    right = np.ones(200, dtype=bool)
    assert change(judge(right, right)) == (
        "from 100.0 % to 100.0 % (0.0 points; 0 examples newly wrong, 0 newly right; p = 0.5; the"
        " true drop is between \u22121.5 and 1.5 points, each bound at 95 % confidence)"
    )


def test_a_gain_is_written_with_its_sign() -> None:
    base = np.arange(200) > 0
    assert "(+0.5 points; 0 examples newly wrong, 1 newly right;" in change(
        judge(base, base | True)
    )


@pytest.mark.parametrize(
    ("difference", "text"), [(0.065, "6.5"), (-0.065, "\u22126.5"), (-0.0001, "0.0")]
)
def test_points_have_a_real_minus_and_no_negative_zero(difference: float, text: str) -> None:
    assert points(difference) == text


@pytest.mark.parametrize(
    ("p", "text"), [(0.0481, "p = 0.048"), (0.5, "p = 0.5"), (1e-13, "p < 0.0001")]
)
def test_p_values_have_two_digits_and_no_powers_of_ten(p: float, text: str) -> None:
    assert p_value(p) == text
