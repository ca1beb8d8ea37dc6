"""When a batch counts as learnt by heart. Pure arithmetic on the losses of a trial."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from smokealarm.memorize.fit import WINDOW, Trial

PASS_SHARE = {"full": 0.10, "partial": 0.50}  # of what could be lost, at most so much may be left
PROGRESS = 0.02  # of what could be lost: less than this over a window is a standstill
CLEAR_SHARE = 0.01  # with so little left, the rest of the steps is spared
FEWEST = 50  # steps, before any is spared: some checks look on
CLEAR_STANDSTILL = 0.50  # with an unknown floor, more than this left is an alarm, less a doubt


def share_left(trial: Trial) -> float:
    """(best less floor) / (initial less floor). With an unknown floor, zero stands in for it.

    Where the floor is unknown and the loss starts at or below zero, a fall by the size of the
    initial loss counts as everything that could be lost.
    """
    if not trial.losses or not math.isfinite(trial.losses[0]):
        return math.inf
    initial, best = trial.losses[0], trial.best
    floor = trial.floor if trial.floor is not None else min(0.0, initial - abs(initial))
    room = initial - floor
    if room <= 0:  # it starts at its floor: nothing can be told
        return math.inf
    return (best - floor) / room


def passes(trial: Trial, memorizable: str) -> bool:
    return whole(trial) and share_left(trial) <= PASS_SHARE[memorizable]


def clearly_learnt(losses: Sequence[float], floor: float | None) -> bool:
    """Whether more steps could tell nothing new: a hundredth is left of what could be lost.

    Not where it fell below its floor, or where it may go on below zero.
    """
    lowest = floor or 0.0
    if len(losses) < FEWEST or len(losses) % WINDOW or losses[0] <= lowest:
        return False
    left = statistics.median(losses[-WINDOW:]) - lowest
    return min(losses) >= lowest and left <= CLEAR_SHARE * (losses[0] - lowest)


def has_no_bottom(trial: Trial) -> bool:
    """The floor is unknown, and the loss begins at zero or goes below: policies, likelihoods.

    A loss that does not move at all is no such thing.
    """
    moves = whole(trial) and min(trial.losses) < max(trial.losses)
    return trial.floor is None and moves and min(trial.losses) <= 0


def whole(trial: Trial) -> bool:
    """Whether every loss is finite."""
    return len(trial.finite) == len(trial.losses) > 0


def still_improves(losses: tuple[float, ...], floor: float | None, window: int) -> bool:
    """Whether the last window of steps brought the training median down."""
    trial = Trial(0, None, losses, floor=floor)
    medians, room = trial.medians, losses[0] - (floor or 0.0)
    split = len(losses) - max(window // 2, 1)
    before = min(medians[:split], default=losses[0])
    return before - min(medians[split:], default=before) > PROGRESS * max(abs(room), 1e-12)


def unclear(trial: Trial) -> bool:
    """A fall that would be complete if the unknown floor were above zero."""
    return trial.floor is None and whole(trial) and share_left(trial) <= CLEAR_STANDSTILL
