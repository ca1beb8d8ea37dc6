"""The memory that a step of the program takes."""

from __future__ import annotations

from smokealarm.memorize.bench import Bench
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.prices.peak import Forecast, Imagined
from smokealarm.memorize.pricing.forecast import priced_by_steps, priced_unseen


def probe(bench: Bench, fact: Facts) -> Forecast:
    """By real steps: the fit makes many more of them, and to imagine one costs as much as dozens."""
    return priced_by_steps(bench)


def unseen(bench: Bench, fact: Facts) -> Imagined:
    """Without allocating anything: what is priced may be too large for this machine."""
    return Imagined(priced_unseen(bench))
