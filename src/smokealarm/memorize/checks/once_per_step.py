"""Backward runs once per loss, and the optimizer steps once per gradient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Place
from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at

ENOUGH = 7  # training steps, all of which show it


class Repeated(NamedTuple):
    """In how many training steps something was done again that had been done."""

    steps: int = 0  # that were looked at, from the second on
    backward: int = 0  # one loss was sent backward twice, and the gradients added up
    backward_place: Place | None = None
    step: int = 0  # an optimizer stepped twice, with the very same gradients
    step_place: Place | None = None


def check(fit: Fit) -> Iterator[Finding]:
    """Every loss is sent backward once, and no optimizer steps twice with one gradient.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [once_per_step]

    Two failures, each seen in seven training steps in a row. One tensor goes through backward() twice,
    and the gradients of the first time are still there: every gradient counts double, as where
    retain_graph=True was added to silence an error. Or an optimizer steps again while the gradients
    of all its parameters are, as objects in memory, those of its last step: a step that was copied, or
    an optimizer whose parameters get no gradient any more.

    Backward of several losses, of one loss with zero_grad in between (SAM, norms that are logged) and
    of micro-batches is fine; so are optimizers that take turns, those that compute their gradients in a
    closure, and what is written into the gradients between two steps.
    """
    seen = fit.fact(Repeated)
    if seen.steps < ENOUGH:
        return
    if seen.backward == seen.steps:
        yield _finding(
            fit,
            seen.backward_place,
            "backward is called twice on one loss: every gradient counts double",
            "Call it once, and leave retain_graph=True out.",
            seen.steps,
        )
    if seen.step == seen.steps:
        yield _finding(
            fit,
            seen.step_place,
            "an optimizer steps twice with one gradient",
            "Call optimizer.step() once after each backward().",
            seen.steps,
        )


def _finding(fit: Fit, place: Place | None, message: str, remedy: str, steps: int) -> Finding:
    return Finding(
        message=message,
        **at(place or fit.stepping),
        evidence={"training steps looked at, all alike": steps, "reproduce": fit.reproduce},
        remedy=remedy,
    )
