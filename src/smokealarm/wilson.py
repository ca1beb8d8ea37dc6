"""Between which values the true share lies, given how often something happened."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson(count: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval (Journal of the American Statistical Association 22:209, 1927).

    Unlike Wald's it stays honest at none and at all. Without any trial it says nothing: 0 to 1.
    """
    if not trials:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, shrink = count / trials, 1 + z * z / trials
    middle = share + z * z / (2 * trials)
    reach = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    low, high = (middle - reach) / shrink, (middle + reach) / shrink
    return (0.0 if not count else low), (1.0 if count == trials else high)
