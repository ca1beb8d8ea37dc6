"""What the model says of one sample does not depend on the others in its batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Unasked
from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at, number


class Influence(NamedTuple):
    """How far the output of one sample moved when only the other samples were changed."""

    sample: int
    moved: float
    scale: float


def check(fit: Fit, *, tolerance: float = 0.001) -> Iterator[Finding]:
    """In eval mode, the output for a sample stays the same whatever else is in its batch.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - samples_independent: {tolerance: 0.001}

    The first and the last sample are each put beside copies of themselves; their outputs must not
    move by more than `tolerance`, a share of the largest output. What moves them is a reshape that
    mixes samples, a softmax or a mean over the batch, batch-norm that forgot eval mode. The loss
    may mix samples as it likes (in-batch negatives). Declare a model that does so by intention:
    hints={"outputs_mix_samples": True}.

    It needs `model` and a batch `(inputs, target)`; the batch may be the first or second dimension.
    """
    if fit.hints.get("outputs_mix_samples"):
        raise Unasked("the hints say that the outputs mix samples")
    influence = fit.fact(Influence)
    if influence.moved <= tolerance * max(influence.scale, 1e-12):
        return
    yield Finding(
        message=f"the output for sample {influence.sample} changes with the other samples of its"
        f" batch: by {influence.moved:.3g}, where outputs reach {influence.scale:.3g}",
        **at(fit.place),
        evidence={
            "sample": influence.sample,
            "moved": number(influence.moved),
            "largest output": number(influence.scale),
            "reproduce": fit.reproduce,
        },
        remedy="Look in forward() for view/reshape/flatten that moves the batch dimension, for"
        " softmax, mean or norm over dimension 0, and for batch-norm that stays in train mode.",
    )
