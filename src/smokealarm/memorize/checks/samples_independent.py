"""What the model says of one sample does not depend on the others in its batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Inconclusive, Unasked
from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at, number

TOLERANCE = 0.0001


class Influence(NamedTuple):
    """How far the output of one sample moved when only the other samples were changed."""

    sample: int
    moved: float
    reach: float  # how far the outputs of the changed samples moved themselves
    noise: float = 0.0  # what rounding can do
    module: str = ""  # the model that was asked, by its dotted name

    @property
    def share(self) -> float:
        return self.moved / self.reach if self.reach else 0.0

    @property
    def clear(self) -> bool:
        """Whether it is worth a second look."""
        return self.moved > self.noise and self.share > TOLERANCE / 10


def check(fit: Fit, *, tolerance: float = TOLERANCE) -> Iterator[Finding]:
    """In eval mode, the output for a sample stays the same whatever else is in its batch.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - samples_independent: {tolerance: 0.0001}

    The first and the last sample are each put beside copies of themselves. Their own outputs must
    not move by more than `tolerance`, as a share of how far the outputs of the exchanged samples
    move. What moves them is a reshape that mixes samples, a softmax or a mean over the batch, a
    sequence model that takes the batch for time. In double precision where the model can do that;
    weights that begin at zero are stirred first, as they would hide what lies behind them.

    It asks every model that your step calls as `model(...)`, with what the step gives it; what your
    step does between two models is not seen. The batch is the dimension along which inputs and
    outputs shrink together. Where that may be the first or the second (time first), neither a
    DataLoader nor one target per sample tells, and one of them passes, it passes.

    The loss may mix samples as it likes (in-batch negatives), and so may pairwise outputs (N, N).
    Not asked: nodes of one graph, one sequence, places that samples compete for (experts with a
    capacity), a rounding that they share, batch-norm without statistics. Declare another model that
    mixes samples by intention:
    hints={"outputs_mix_samples": True}.
    """
    if fit.hints.get("outputs_mix_samples"):
        raise Unasked("the hints say that the outputs mix samples")
    influence = fit.fact(Influence)
    if influence.reach <= influence.noise:
        raise Inconclusive(
            "the outputs of all samples are the same, whatever the samples are",
            "Use a batch with samples that differ.",
        )
    if influence.moved <= influence.noise or influence.share <= tolerance:
        return
    yield Finding(
        message=f"the output for sample {influence.sample} changes with the other samples of its"
        f" batch: by {influence.moved:.3g}, where theirs change by {influence.reach:.3g}",
        **at(fit.place),
        evidence={
            "sample": influence.sample,
            "moved": number(influence.moved),
            "the exchanged samples moved": number(influence.reach),
            **({"module": influence.module} if influence.module else {}),
            "reproduce": fit.reproduce,
        },
        remedy="Look in forward() for view/reshape/flatten that moves the batch dimension, for"
        " softmax, mean or norm over dimension 0, and for batch_first of recurrent layers and"
        " attention.",
    )
