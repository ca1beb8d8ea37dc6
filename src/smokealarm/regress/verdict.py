"""The paired verdict: what the answers of two models to the same examples say of the change."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from smokealarm.finding import Verdict
from smokealarm.regress.flips import Answers, Flips, Groups, by_group, count, design_effect
from smokealarm.regress.interval import drop_bounds
from smokealarm.regress.reach import growth_to_settle, visible_drop
from smokealarm.regress.significance import sign_flip

ALPHA = 0.05  # how often two equally good models may raise an alarm
MANY = 1000  # flips from which on the normal law is good enough to plan with


class Limits(NamedTuple):
    """Drops in the share of right answers: `by` is worth an alarm, `tolerance` has to be ruled out."""

    by: float = 0.01
    tolerance: float = 0.02


class Judgement(NamedTuple):
    """The verdict and every number behind it. `low` and `high` bound the true drop, each at 95 %."""

    verdict: Verdict
    examples: int
    groups: int
    base_right: int
    head_right: int
    newly_wrong: int
    newly_right: int
    drop: float
    low: float
    high: float
    p: float
    visible: float  # the smallest true drop that would raise an alarm four times in five
    more: int | None  # examples that would settle it, were the rates to stay as they are


def judge(
    base: Answers, head: Answers, groups: Groups | None = None, limits: Limits = Limits()
) -> Judgement:
    """Judge which answers are right. `groups` numbers the group that each example belongs to."""
    lost = base.astype(np.int64) - head
    losses, sizes = by_group(lost, groups)
    flips = count(lost)
    alone = flips.times(1 / design_effect(lost, losses, sizes))
    low, high = drop_bounds(*alone)
    p = sign_flip(losses)
    verdict = decide(flips.drop, high, p, limits)
    return Judgement(
        verdict=verdict,
        examples=len(lost),
        groups=len(losses),
        base_right=int(base.sum()),
        head_right=int(head.sum()),
        newly_wrong=int(flips.newly_wrong),
        newly_right=int(flips.newly_right),
        drop=flips.drop,
        low=low,
        high=high,
        p=p,
        visible=max(limits.by, visible_drop(alone, ALPHA)),
        more=_more_examples(alone, len(lost), limits) if verdict is Verdict.INCONCLUSIVE else 0,
    )


def decide(drop: float, high: float, p: float, limits: Limits) -> Verdict:
    """An alarm is a drop both surprising and worth it; a pass, that a drop that matters is ruled out."""
    if p < ALPHA and drop >= limits.by:
        return Verdict.ALARM
    return Verdict.PASS if high < limits.tolerance else Verdict.INCONCLUSIVE


def _more_examples(alone: Flips, examples: int, limits: Limits) -> int | None:
    def is_settled(flips: Flips) -> bool:
        high = drop_bounds(*flips)[1]
        return decide(flips.drop, high, _planned_p(flips), limits) is not Verdict.INCONCLUSIVE

    growth = growth_to_settle(alone, is_settled)
    return None if growth is None else max(1, ceil((growth - 1) * examples))


def _planned_p(flips: Flips) -> float:
    """The p-value of so many flips, which come whole; by the normal law where they are many."""
    wrong, right = round(flips.newly_wrong), round(flips.newly_right)
    if wrong + right > MANY:
        return 1 - NormalDist().cdf((wrong - right) / sqrt(wrong + right))
    return sign_flip(np.repeat([1, -1], [wrong, right]))
