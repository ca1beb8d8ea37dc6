"""What a suite of this size can see, and how large a suite would settle what this one could not."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from statistics import NormalDist

from smokealarm.regress.flips import Flips

POWER = 0.80
GIVE_UP = 10_000.0  # times as many examples: beyond, no number is told


def visible_drop(flips: Flips, alpha: float) -> float:
    """The smallest true drop that a one-sided paired test at alpha would catch four times in five.

    The share of differing examples is taken to be the one seen (Connor, Biometrics 43:207, 1987).
    """
    share = max(flips.differing, 1.0) / flips.examples
    z_alpha, z_power = NormalDist().inv_cdf(1 - alpha), NormalDist().inv_cdf(POWER)

    def is_caught(drop: float) -> bool:
        differing = max(share, drop)
        needed = z_alpha * sqrt(differing) + z_power * sqrt(differing - drop * drop)
        return sqrt(flips.examples) * drop >= needed

    return _smallest(is_caught, 0.0, 1.0, 1e-4)


def growth_to_settle(flips: Flips, is_settled: Callable[[Flips], bool]) -> float | None:
    """By which factor the suite would have to grow, were the rates to stay as they are."""
    factor = 1.0
    while not is_settled(flips.times(factor)):
        factor *= 2
        if factor > GIVE_UP:
            return None
    return _smallest(lambda times: is_settled(flips.times(times)), factor / 2, factor, 1e-3)


def _smallest(holds: Callable[[float], bool], low: float, high: float, step: float) -> float:
    """The smallest value that holds, to within the step, where all larger ones hold too."""
    while high - low > step:
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
