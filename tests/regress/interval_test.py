"""The bounds of the drop, against closed forms and against what they promise."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy.stats import binomtest

from smokealarm.regress.interval import drop_bounds

Z = NormalDist().inv_cdf(0.95)


@pytest.mark.parametrize("examples", [10, 200, 5000])
def test_where_nothing_differs_the_bound_is_the_exact_one(examples: int) -> None:
    exact = binomtest(0, examples, alternative="less").proportion_ci(0.95).high
    low, high = drop_bounds(0, 0, examples)
    assert (-low, high) == pytest.approx((exact, exact))
    assert high < 3 / examples


@pytest.mark.parametrize(("wrong", "right", "n"), [(5, 0, 100), (12, 5, 500), (3, 9, 60)])
def test_at_its_bound_the_likelihood_score_is_just_the_quantile(
    wrong: int, right: int, n: int
) -> None:
    """Tango's statistic, with the constrained maximum found by trying a fine grid."""
    for bound, sign in zip(drop_bounds(wrong, right, n), (1, -1)):
        share = np.linspace(max(0, -bound) + 1e-9, (1 - bound) / 2 - 1e-9, 400_001)
        likelihood = (
            wrong * np.log(share + bound)
            + right * np.log(share)
            + (n - wrong - right) * np.log(1 - 2 * share - bound)
        )
        likeliest = share[likelihood.argmax()]
        spread = np.sqrt(n * (2 * likeliest + bound * (1 - bound)))
        assert (wrong - right - n * bound) / spread == pytest.approx(sign * Z, abs=1e-3)


def test_the_bounds_of_the_change_undone_are_the_mirrored_ones() -> None:
    low, high = drop_bounds(12, 5, 500)
    assert drop_bounds(5, 12, 500) == pytest.approx((-high, -low))


def test_more_examples_and_fewer_flips_narrow_it() -> None:
    highs = [drop_bounds(*counts)[1] for counts in [(2, 2, 100), (1, 1, 100), (1, 1, 1000)]]
    assert highs == sorted(highs, reverse=True)


@pytest.mark.parametrize(("n", "flips", "drop"), [(200, 0.05, 0.02), (500, 0.1, 0.02)])
def test_the_upper_bound_lies_over_the_true_drop_95_times_in_100(
    n: int, flips: float, drop: float
) -> None:
    shares = [(flips + drop) / 2, (flips - drop) / 2, 1 - flips]
    draws = np.random.default_rng(0).multinomial(n, shares, size=3000)
    over = np.mean([drop_bounds(wrong, right, n)[1] >= drop for wrong, right, _ in draws.tolist()])
    assert 0.935 <= over <= 0.975
