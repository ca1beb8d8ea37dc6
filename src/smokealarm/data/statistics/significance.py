"""Tests, intervals and their power, by scipy. Loaded when a check compares distributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

POWER = 0.8
MOST_ROWS = 100_000_000
DRAWS = 20_000


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted for their number (Holm, Scandinavian Journal of Statistics 6:65, 1979)."""
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted, highest = [1.0] * len(p_values), 0.0
    for place, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[at]))
        adjusted[at] = highest
    return adjusted


def steps_p(distance: float, n: int, m: int) -> float:
    """The p-value of Kolmogorov's and Smirnov's test of two samples; with ties, an upper bound of it."""
    return float(stats.kstwo.sf(distance, max(1, round(_together(n, m)))))


def steps_power(distance: float, n: int, m: int, alpha: float) -> float:
    """At least how often the test finds a true distance.

    From the normal law of the difference at the point where it is (Massey, Annals of Mathematical Statistics
    21:440, 1950); its critical value is at most that of Massart's inequality.
    """
    together = _together(n, m)
    critical = sqrt(log(2 / alpha) / (2 * together))
    return NormalDist().cdf((distance - critical) * 2 * sqrt(together))


def shares_test(there: Sequence[int], here: Sequence[int]) -> tuple[float, float, int]:
    """How far the shares of categories moved, the chi-square statistic, and the degrees of freedom.

    The move is the total variation distance less what chance adds to it: the share of rows that
    would have to change category.
    """
    one, two = np.array(there, float), np.array(here, float)
    n, m = one.sum(), two.sum()
    pooled = (one + two) / (n + m)
    by_chance = 0.5 * np.sum(np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / n + 1 / m)))
    seen = 0.5 * np.sum(np.abs(one / n - two / m))
    moved = sqrt(max(0.0, seen**2 - by_chance**2))
    return moved, _chi_square(two, one + two), max(1, int(np.sum(pooled > 0)) - 1)


def shares_p(there: Sequence[int], here: Sequence[int]) -> float:
    """The p-value of Pearson's test; where he expects fewer than five rows, by drawing them anew."""
    total = np.array(there) + np.array(here)
    total, drawn = total[total > 0], np.array(here)[total > 0]
    statistic = _chi_square(drawn.astype(float), total.astype(float))
    least = total.min() * min(sum(there), sum(here)) / total.sum()
    if least >= 5 or total.sum() > 500_000_000:
        return float(stats.chi2.sf(statistic, max(1, len(total) - 1)))
    drawing = np.random.default_rng(0).multivariate_hypergeometric(total, sum(here), size=DRAWS)
    chance = _chi_square(drawing.astype(float), total.astype(float))
    return float((1 + np.sum(chance >= statistic * (1 - 1e-9))) / (1 + DRAWS))


def _chi_square(here: NDArray[np.float64], total: NDArray[np.float64]) -> Any:
    """Pearson's statistic of two samples, given one of them and both together."""
    share = here.sum(axis=-1, keepdims=True) / total.sum()
    expected = np.maximum(total * share, 1e-300)
    return np.sum((here - expected) ** 2 / (expected * (1 - share)), axis=-1)


def shares_power(moved: float, n: int, m: int, alpha: float, freedom: int) -> float:
    """At least how often the test finds so large a move: its chi-square is 4 move² n m / (n + m) or more."""
    return chi_square_power(4 * moved**2 * _together(n, m), alpha, freedom)


def chi_square_power(noncentrality: float, alpha: float, freedom: int) -> float:
    return float(stats.ncx2.sf(stats.chi2.isf(alpha, freedom), freedom, noncentrality))


def stability(there: Sequence[int], here: Sequence[int]) -> tuple[float, float]:
    """The population stability index, and what chance alone makes of it in samples of this size.

    Half a row is added to every category, so that an empty one has a logarithm. By chance the index is
    chi-square / (n m / (n + m)) (Yurdakul and Naranjo, Journal of Risk Model Validation 14:4, 2020).
    """
    one, two = np.array(there, float) + 0.5, np.array(here, float) + 0.5
    p, q = one / one.sum(), two / two.sum()
    by_chance = (len(one) - 1) / _together(sum(there), sum(here))
    return float(np.sum((q - p) * np.log(q / p))), by_chance


def stability_power(index: float, n: int, m: int, alpha: float, freedom: int) -> float:
    """How often the test finds so large an index."""
    return chi_square_power(index * _together(n, m), alpha, freedom)


def change_test(k: int, n: int, j: int, m: int) -> float:
    """The p-value of Fisher's exact test that two shares, k of n and j of m, are the same."""
    return float(stats.fisher_exact([[k, n - k], [j, m - j]])[1])


def change_power(change: float, share: float, n: int, m: int, alpha: float) -> float:
    """How often two shares are told apart that differ by so much, by the normal law."""
    other = share + change if share + change <= 1 else share - change
    pooled = (n * share + m * other) / (n + m)
    null = sqrt(pooled * (1 - pooled) / _together(n, m))
    true = sqrt(share * (1 - share) / n + other * (1 - other) / m) or 1e-12
    return float(stats.norm.sf((stats.norm.isf(alpha / 2) * null - change) / true))


def rows_needed(power: Callable[[int], float]) -> int | None:
    """The smallest number of rows with enough power, to one per cent; None beyond any table."""
    low, high = 1, 2
    while power(high) < POWER:
        low, high = high, high * 2
        if high > MOST_ROWS:
            return None
    while high - low > max(1, high // 100):
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def _together(n: float, m: float) -> float:
    return n * m / (n + m)
