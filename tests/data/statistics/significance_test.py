from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from smokealarm.data.statistics import significance

RNG = np.random.default_rng(4)


def test_holm_takes_the_smallest_times_their_number_and_never_falls() -> None:
    assert significance.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert significance.holm([0.5, 0.9]) == [1.0, 1.0]
    assert significance.holm([]) == []


def test_many_rows_are_judged_by_pearson_s_test_as_scipy_does() -> None:
    there, here = [400, 350, 250], [330, 390, 280]
    expected = stats.chi2_contingency([there, here], correction=False).pvalue
    assert significance.shares_p(there, here) == pytest.approx(expected)


def test_rare_categories_are_judged_by_drawing_as_fisher_does() -> None:
    there, here = [8, 2], [1, 9]
    expected = stats.fisher_exact([there, here]).pvalue
    assert significance.shares_p(there, here) == pytest.approx(expected, rel=0.3)


def test_two_samples_of_one_population_have_moved_by_next_to_nothing() -> None:
    shares = np.full(50, 1 / 50)
    there, here = RNG.multinomial(500, shares), RNG.multinomial(500, shares)
    raw = np.abs(there - here).sum() / 1000
    moved, _, freedom = significance.shares_test(there.tolist(), here.tolist())
    assert raw > 0.1 > moved
    assert freedom == 49


@pytest.mark.parametrize("shift", [0.51, 0.8])
def test_the_number_of_rows_is_enough_to_see_the_effect(shift: float) -> None:
    """A normal distribution that moves: of 300 samples of that size, four in five are significant."""
    distance = 2 * stats.norm.cdf(shift / 2) - 1
    rows = significance.rows_needed(lambda n: significance.steps_power(distance, n, n, 0.01))
    assert rows
    found = 0
    for _ in range(300):
        one, two = RNG.normal(0, 1, rows), RNG.normal(shift, 1, rows)
        seen = stats.ks_2samp(one, two, method="asymp").statistic
        found += significance.steps_p(seen, rows, rows) < 0.01
    assert 0.75 < found / 300 <= 1


def test_rows_that_would_never_be_enough_are_none() -> None:
    assert significance.rows_needed(lambda n: 0.5) is None
