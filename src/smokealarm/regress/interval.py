"""Between which values the true drop lies, given what one suite of examples showed."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf(CONFIDENCE)


def drop_bounds(newly_wrong: float, newly_right: float, examples: float) -> tuple[float, float]:
    """The lower and the upper bound of the drop in the share of right answers, each at 95 %.

    Tango's score interval for a difference of paired proportions (Statistics in Medicine 17:891,
    1998), which keeps its promise where few examples differ, unlike Wald's. Where none differs the
    bound is exact: 1 - 0.05 ** (1 / n), about 3 / n. Counts may be fractions: see `thinned_by`.
    """
    if newly_wrong == newly_right == 0:
        exact = float(1 - (1 - CONFIDENCE) ** (1 / examples))
        return -exact, exact
    upper = _upper_bound(newly_wrong, newly_right, examples)
    return -_upper_bound(newly_right, newly_wrong, examples), upper


def _upper_bound(newly_wrong: float, newly_right: float, examples: float) -> float:
    """The drop at which the score statistic is just `-_Z`, by bisection: it falls as the drop grows."""
    low, high = (newly_wrong - newly_right) / examples, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _score(newly_wrong, newly_right, examples, middle) > -_Z:
            low = middle
        else:
            high = middle
    return high


def _score(newly_wrong: float, newly_right: float, examples: float, drop: float) -> float:
    """How many standard errors the observed drop lies above the supposed one."""
    linear = (2 * examples - newly_wrong + newly_right) * drop - newly_wrong - newly_right
    constant = -newly_right * drop * (1 - drop)
    root = sqrt(max(linear * linear - 8 * examples * constant, 0.0))
    likeliest = (root - linear) / (4 * examples)  # share newly right, were the drop as supposed
    variance = examples * (2 * likeliest + drop * (1 - drop))
    excess = newly_wrong - newly_right - examples * drop
    return excess / sqrt(variance) if variance > 0 else (0.0 if excess == 0 else excess * 1e9)
