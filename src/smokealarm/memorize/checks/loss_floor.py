"""The loss does not fall below what its own loss function allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, Trial, at, number

SLACK = 0.02  # of the way from the first loss to the floor, and of the floor: rounding


class Depth(NamedTuple):
    """A second run, seen at the step that is in question."""

    loss: float
    floor: float | None  # of that very step: no prefix is counted where the model may look ahead
    negated: bool = False  # the loss is a loss function of torch's with its sign changed


def check(fit: Fit) -> Iterator[Finding]:
    """The loss stays above the lowest value that its loss function can have on this batch.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [loss_floor]

    Smoothed or soft targets have an entropy, and no prediction, however good, brings a
    cross-entropy below it; a square is not negative. A loss that is clearly lower (by 2 % of its
    way) is not what it says: targets leaked or were changed, log-probabilities are none, or a
    sign is wrong. The program is run again up to that step, and it alarms only if the loss of
    that step is exactly what torch's loss functions returned in it: a sum, a mean or a whole part.

    A loss that is the negative of a loss function of torch's is an alarm too where one optimizer
    trains all of one model. A model that maximises a loss by intention (an attack, a min-max game)
    has frozen parts or a second optimizer, and is left alone.

    With the hint `causal: True` a language model's floor holds what a prefix leaves open of the
    next token. Losses of your own making have no known floor, and nothing is said of them.
    """
    trial = fit.first
    if not step_in_question(trial):
        return
    depth = fit.fact(Depth)
    if depth.negated:
        message = "the loss is a loss function with its sign changed: training makes it worse"
        remedy = "Take the minus away, in the loss or from `maximize=True`."
    elif depth.floor is not None and depth.loss < depth.floor - slack(trial, depth.floor):
        message = f"the loss fell to {depth.loss:.4g}, below its own floor of {depth.floor:.4g}"
        remedy = (
            "Look at what the loss function is given: logits where it wants log-probabilities,"
            " targets that are no probabilities, or that the model itself brings about."
        )
    else:
        return
    yield Finding(
        message=message,
        **at(fit.stepping),
        evidence={
            "step": step_in_question(trial),
            "loss": number(depth.loss),
            "floor": number(depth.floor) if depth.floor is not None else None,
            "first loss": number(trial.losses[0]),
            "reproduce": fit.reproduce,
        },
        remedy=remedy,
    )


def step_in_question(trial: Trial) -> int:
    """The first step that may be too low, counted from 1; 0 where none is."""
    if trial.floor is None:
        return 1 if trial.finite and trial.losses[0] < 0 else 0
    limit = trial.floor - slack(trial, trial.floor)
    low = (number for number, loss in enumerate(trial.finite, start=1) if loss < limit)
    return next(low, 0)


def slack(trial: Trial, floor: float) -> float:
    return max(SLACK * abs(trial.losses[0] - floor), SLACK * abs(floor), 1e-4)
