"""No loss, gradient or parameter is NaN or infinite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Inconclusive, Place
from smokealarm.finding import Finding
from smokealarm.memorize.criterion import whole
from smokealarm.memorize.fit import Fit, at, number


class Bad(NamedTuple):
    """Where a number that is not finite was born."""

    step: int
    what: str  # "the forward pass", "the gradient", "parameter `w`", "the batch, at inputs,"
    operation: str = ""
    module: str = ""
    place: Place | None = None


class Origin(NamedTuple):
    """What a second run under observation found of it."""

    bad: Bad | None


def check(fit: Fit) -> Iterator[Finding]:
    """Every loss, gradient and parameter stays a finite number.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [finite]

    When a NaN or an infinity appears, a second run with the same seed finds the first operation
    whose inputs were finite and whose output was not, the module it stood in and your line; for a
    gradient, the line of the forward pass that it belongs to (torch's anomaly mode). A NaN that is
    in the batch already is said as such. Minus infinities that are put in on purpose, as in
    attention masks, do not count, nor do steps that a GradScaler skips: the loss is finite then.
    """
    trial = fit.first
    if trial.detached:
        raise Inconclusive(
            "no step could be made: nothing that can be trained hangs on the loss",
            "Ask for `gradients_flow`, mend what it finds, and this check can be run.",
            fit.stepping,
        )
    if whole(trial) and not trial.bad_parameters:
        return
    bad = fit.fact(Origin).bad or Bad(len(trial.losses), "the loss")
    born = f" in {bad.operation}" if bad.operation else ""
    within = f", module `{bad.module}`" if bad.module else ""
    if bad.what.startswith("the batch"):
        yield _in_batch(fit, bad)
        return
    yield Finding(
        message=f"{bad.what} became NaN or infinite at step {bad.step}{born}{within}",
        **at(bad.place or fit.stepping),
        evidence={
            "step": bad.step,
            "operation": bad.operation or None,
            "module": bad.module or None,
            "last loss": number(trial.losses[-1]) if trial.losses else None,
            "reproduce": fit.reproduce,
        },
        remedy=_remedy(bad),
    )


def _in_batch(fit: Fit, bad: Bad) -> Finding:
    return Finding(
        message=f"{bad.what} holds NaN before anything is computed",
        **at(bad.place or fit.place),
        evidence={"step": bad.step, "reproduce": fit.reproduce},
        remedy="Look at where the batch is made: a division by a deviation of zero, missing values,"
        " a log of zero. The stage `data` can hold the table to it.",
    )


def _remedy(bad: Bad) -> str:
    if bad.step > 3 and bad.what != "the gradient":
        return (
            "It took some steps to get there: a learning rate that is too high is the usual cause."
            " Lower it, or clip the gradient norm, and look at the learning curve."
        )
    return (
        "Keep the operation away from the edge of its domain: log and division near 0 (clamp, or"
        " the fused losses that take logits), sqrt and norm at exactly 0 (add an epsilon inside),"
        " exp of large numbers (subtract the maximum)."
    )
