"""Two halves of a batch have the gradient of the whole, so that gradients may be accumulated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Unasked
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at, number

MIXED = 0.001  # of the gradient, left over by any sum of the halves


class Splits(NamedTuple):
    """The gradient of the batch as a sum of those of its halves, with these weights."""

    weights: tuple[float, float]
    due: tuple[float, float]  # their shares of the samples
    left: float  # the share of the gradient that no weights explain

    @property
    def off(self) -> float:
        return max(abs(weight - due) for weight, due in zip(self.weights, self.due))


def check(fit: Fit, *, tolerance: float = 0.01) -> Iterator[Finding]:
    """The gradient of a batch is the mean of the gradients of its halves.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - batch_splits: {tolerance: 0.01}

    Opt-in: it matters where gradients are accumulated over micro-batches, or averaged over devices.
    In eval mode, so that dropout and batch-norm play no part, and in double precision where the model
    can do that, the gradient of the whole is written as a weighted sum of those of its halves. Each
    weight should be the half's share of the samples, up to `tolerance`; it warns where it is not. Both
    weights are one where the loss is a sum over the batch; they are crooked where it is a mean over
    what not every sample has as much of: tokens that are not ignored, class weights, masks.

    It is not asked where no weights explain the gradient: the loss mixes samples (in-batch
    negatives), and such a loss cannot be accumulated. Nor where the step is your own.
    """
    splits = fit.fact(Splits)
    if splits.left > MIXED:
        raise Unasked("the loss of the batch is no sum over its samples")
    if splits.off <= tolerance:
        return
    summed = all(abs(weight - 1) <= tolerance for weight in splits.weights)
    yield Finding(
        level=Level.WARNING,
        message=(
            "the loss is a sum over the batch: accumulated gradients grow with its size"
            if summed
            else "accumulated gradients differ from those of the whole batch: its halves count for"
            f" {splits.weights[0]:.3g} and {splits.weights[1]:.3g}, and hold {splits.due[0]:.3g} and"
            f" {splits.due[1]:.3g} of the samples"
        ),
        **at(fit.place),
        evidence={
            "weight of the first half": number(splits.weights[0]),
            "its share of the samples": number(splits.due[0]),
            "weight of the second half": number(splits.weights[1]),
            "reproduce": fit.reproduce,
        },
        remedy=(
            "Do not divide such a loss by the number of micro-batches."
            if summed
            else "Sum the loss over tokens (or weights), and divide by their number in all micro-batches"
            " together."
        ),
    )
