"""The exact tests against scipy, and against counting every pattern."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from smokealarm.regress.significance import holm, sign_flip


def singles(newly_wrong: int, newly_right: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([1] * newly_wrong + [-1] * newly_right + [0] * 10, dtype=np.int64)


def test_where_nothing_differs_nothing_is_surprising() -> None:
    assert sign_flip(singles(0, 0)) == 0.5


@pytest.mark.parametrize(
    "counts", [(1, 0), (0, 1), (5, 3), (3, 5), (26, 0), (200, 170), (900, 800)]
)
def test_with_single_examples_it_is_the_mid_p_mcnemar_test(counts: tuple[int, int]) -> None:
    wrong, differing = counts[0], sum(counts)
    expected = binom.sf(wrong, differing, 0.5) + binom.pmf(wrong, differing, 0.5) / 2
    assert sign_flip(singles(*counts)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("losses", [[3, 2, 2, -1], [5, 5, 4, -3, 1, 1], [-4, 2, 1], [7]])
def test_with_groups_it_counts_every_pattern_of_signs(losses: list[int]) -> None:
    sums = [np.dot(signs, losses) for signs in product((1, -1), repeat=len(losses))]
    seen = sum(losses)
    expected = np.mean([(total > seen) + (total == seen) / 2 for total in sums])
    assert sign_flip(np.array(losses)) == pytest.approx(expected, abs=1e-12)


def test_a_single_p_value_needs_no_correction() -> None:
    assert holm([0.03]) == [0.03]


def test_holm_keeps_the_order_and_never_lets_a_larger_p_become_smaller() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
