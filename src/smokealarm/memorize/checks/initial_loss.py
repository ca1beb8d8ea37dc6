"""The loss at initialisation is not far above that of a guess."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at, number
from smokealarm.memorize.losses import LossCall, LossCalls

BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
CERTAIN = 100  # times that of a guess
SMALLEST = 1e-6  # mean square of targets that a distance is held against
USUAL = 3.0  # outputs of this size are no sign of a scale gone wrong, however small the targets


class Guess(NamedTuple):
    loss: float
    words: str


def check(fit: Fit, *, times: float = 20.0) -> Iterator[Finding]:
    """The first loss is not many times that of a model that guesses.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - initial_loss: {times: 20}

    A model that knows nothing should say nothing: with C classes `cross_entropy` begins near
    log(C), a binary cross-entropy near log(2), a mean square error near the mean square of the
    targets. A first loss of many times that is a warning: the outputs are far too large (scale of
    the last layer or of the inputs), or inputs or targets are not normalised. The loss functions
    of torch are looked at in the first step, with their hard labels and without weights; for
    mean squares the limit is five times as wide, and outputs of usual size (up to 3) are never
    too large: targets may be as small as daily returns.

    Less than chance is fine: so begins a model that was trained before. Embeddings tied to the
    last layer in torch's default scale begin at some ten times chance, which is not warned of.

    `times`: how many times the loss of a guess is too much.

    Source: Karpathy, "A Recipe for Training Neural Networks" (2019): verify loss at init.
    """
    for call in fit.fact(LossCalls).calls:
        if call.step > 1:
            return
        guess = _guess(call)
        limit = times * (5 if call.function == "mse_loss" else 1)
        if guess is None or call.value is None or not math.isfinite(call.value):
            continue
        if call.value > limit * guess.loss:
            yield _finding(fit, call, call.value, guess)
            return


def _guess(call: LossCall) -> Guess | None:
    """The loss of a guess, where the call is of the plain kind for which it is known."""
    if call.reduction != "mean" or call.weighted or not call.attached:
        return None
    if call.function == "cross_entropy" and call.classes and call.class_count > 1:
        classes = call.class_count
        return Guess(math.log(classes), f"log({classes}), for {classes} classes")
    if call.function in BINARY and 0 <= call.target_lowest and call.target_highest <= 1:
        return Guess(math.log(2), "log(2)")
    usual = max(abs(call.lowest), abs(call.highest)) <= USUAL
    if call.function == "mse_loss" and call.target_square > SMALLEST and not call.target_attached:
        if usual:
            return None
        return Guess(call.target_square, "the mean square of the targets")
    return None


def certain(call: LossCall, loss: float, guess: Guess) -> bool:
    """Not for distances: targets may be small, such as the returns of a day."""
    return call.function != "mse_loss" and loss > CERTAIN * guess.loss


def _finding(fit: Fit, call: LossCall, loss: float, guess: Guess) -> Finding:
    return Finding(
        message=f"the first loss is {loss:.4g}, {loss / guess.loss:.0f} times that of a guess"
        f" ({guess.loss:.4g})",
        **at(call.place or fit.stepping),
        level=Level.FAILURE if certain(call, loss, guess) else Level.WARNING,
        evidence={
            "loss function": call.function,
            "first loss": number(loss),
            "loss of a guess": f"{guess.loss:.4g}: {guess.words}",
            "outputs": f"{call.lowest:.4g} to {call.highest:.4g}",
            "reproduce": fit.reproduce,
        },
        remedy="Look at the scale of the inputs (normalise them) and of the last layer's weights"
        " (begin small), and for distances at the scale of the targets.",
    )
