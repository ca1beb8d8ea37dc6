"""Tests of a column against a distribution that somebody wrote down, by scipy. Loaded only when asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Numbers = Union[Sequence[float], NDArray[Any]]
Cdf = Any  # a function of an array, or one that scipy made

LEAST_EXPECTED, SMALL_EXPECTED, SMALL_SHARE = 1.0, 5.0, 0.2  # Cochran's rule
COARSE = 0.5  # a distance that any sensible number of rows would show


def kolmogorov_smirnov(values: Numbers, cdf: Cdf) -> tuple[float, float]:
    """The largest distance of the two cumulative distributions, and its exact p-value."""
    found = stats.kstest(np.asarray(values), cdf)
    return float(found.statistic), float(found.pvalue)


def rows_for_distance(p_value: float) -> int:
    """How many rows it takes for a distance of one half to be surprising."""
    return next(n for n in range(1, 10_000) if stats.kstwo.sf(COARSE, n) < p_value)


def named(distribution: str, parameters: Sequence[float]) -> Cdf:
    return getattr(stats, distribution)(*parameters).cdf


def piecewise(edges: Sequence[float], weights: Sequence[float]) -> Cdf:
    """The cumulative distribution that rises evenly within each bin."""
    heights = np.append(0.0, np.cumsum(weights))

    def cdf(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.interp(x, edges, heights))

    return cdf


def bootstrapped(
    values: Sequence[float], cdf: Cdf, samples: int, size: int, p_value: float
) -> float:
    """The share of samples, drawn with replacement, that do not differ from the distribution."""
    random = np.random.default_rng(0)  # the same verdict every time
    drawn = (random.choice(np.asarray(values), size=size) for _ in range(samples))
    passed = sum(kolmogorov_smirnov(sample, cdf)[1] >= p_value for sample in drawn)
    return (1 + passed) / (samples + 1)


def chi_square(observed: Sequence[int], expected: Sequence[float]) -> tuple[float, float]:
    """The statistic of Pearson and its p-value; values with no weight that nobody saw are left out."""
    pairs = [(seen, wanted) for seen, wanted in zip(observed, expected) if seen or wanted]
    if any(not wanted for _, wanted in pairs):
        return math.inf, 0.0
    statistic = math.fsum((seen - wanted) ** 2 / wanted for seen, wanted in pairs)
    return statistic, float(stats.chi2.sf(statistic, len(pairs) - 1)) if len(pairs) > 1 else 1.0


def rows_for_chi_square(weights: Sequence[float]) -> int:
    """How many rows it takes for the statistic to follow its distribution.

    Source: Cochran 1954: no expected count below 1, at most a fifth of them below 5.
    """
    shares = sorted(weight for weight in weights if weight)
    fifth = shares[min(math.floor(len(shares) * SMALL_SHARE), len(shares) - 1)]
    return math.ceil(max(LEAST_EXPECTED / shares[0], SMALL_EXPECTED / fifth) - 1e-9)
