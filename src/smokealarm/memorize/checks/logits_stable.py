"""A loss of one's own making stays finite where the model is very sure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Unasked
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at, number

EXTREME = 500.0  # logits of a model that is very sure


class Extreme(NamedTuple):
    """What the loss function made of the model's own outputs, brought to logits of plus and minus 500."""

    loss: float = 0.0
    finite_gradient: bool = True
    unasked: str = ""  # why these are no logits


def check(fit: Fit) -> Iterator[Finding]:
    """The loss and its gradient stay finite for logits of plus and minus 500.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [logits_stable]

    `log(softmax(x))`, `log(1 + exp(x))` and `log(sigmoid(x))` written by hand are right, and become
    infinite once the model is sure of itself, which may take days of training. The outputs for your
    batch are scaled until the largest is 500, and given to your `loss_fn(outputs, target)`; a loss
    or gradient that is not finite is a warning.

    It is only asked where the outputs are logits beyond doubt: the loss does not change when a
    constant is added to all outputs of a sample (a softmax), or when sign and binary target change
    together (a sigmoid). Then 500 is a number like any other. It does not apply to losses that take
    `(model, batch)` or to a set-up whose `loss_fn` is not named.
    """
    extreme = fit.fact(Extreme)
    if extreme.unasked:
        raise Unasked(extreme.unasked)
    if abs(extreme.loss) < float("inf") and extreme.finite_gradient:
        return
    what = "gradient" if abs(extreme.loss) < float("inf") else "loss"
    yield Finding(
        message=f"the {what} is not finite for logits of plus and minus {EXTREME:.0f}",
        **at(fit.place),
        level=Level.WARNING,
        evidence={"loss": number(extreme.loss), "reproduce": fit.reproduce},
        remedy="Use the fused forms: cross_entropy or log_softmax for log(softmax(x)), softplus for"
        " log(1 + exp(x)), logsigmoid for log(sigmoid(x)), logsumexp for log(sum(exp(x))).",
    )
