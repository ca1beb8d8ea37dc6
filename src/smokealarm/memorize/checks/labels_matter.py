"""What was learnt by heart is the labels of these inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Inconclusive, Unasked
from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at, number

LEARNT = 0.5  # of the loss of a constant answer: a program at less knows the samples apart
SAME = 0.1  # of the way to the loss of a constant answer: nothing was lost


class Control(NamedTuple):
    """Losses of the trained program: on its batch, and with labels or inputs given to others."""

    own: float
    labels_moved: float
    inputs_moved: float
    constant: float  # the best that one and the same answer for all samples can do

    def as_good(self, loss: float) -> bool:
        return loss <= self.own + SAME * (self.constant - self.own)


def check(fit: Fit) -> Iterator[Finding]:
    """A program that knows its batch by heart is wrong when labels, or inputs, change places.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [labels_matter]

    Opt-in: it trains the program once more. Then every label is moved on to the next sample, and
    after that every input, and the loss is asked for again. It must rise. Where it stays with other
    labels, the loss does not look at them, or the model is given them. Where it stays with other
    inputs, and not with other labels, the model knows the samples by something else, such as their
    place in the batch.

    To know that the samples were told apart at all, the loss is compared with what the best constant
    answer would give: the entropy of the labels, or for numbers their variance (`MSELoss`) or mean
    deviation (`L1Loss`). It must be less than half of that.

    It asks of a batch `(inputs, target)`, or a mapping with `labels`, `label`, `target` or `targets`;
    not where labels are places in the batch, and not with hints={"targets_unused": True} or
    {"outputs_mix_samples": True}. It cannot see a label that is in the inputs themselves: learnt by
    heart, that is as good as any other input. The control is the randomisation test of
    Zhang et al., Understanding deep learning requires rethinking generalization (2017), turned round.
    """
    if fit.hints.get("targets_unused"):
        raise Unasked("the hints say that the targets are not used")
    if fit.hints.get("outputs_mix_samples"):
        raise Unasked("the hints say that the outputs mix samples: their places belong together")
    control = fit.fact(Control)
    if control.own > LEARNT * control.constant:
        raise Inconclusive(
            f"the batch was not learnt far enough to tell: the loss is {control.own:.3g}, and"
            f" {control.constant:.3g} for one answer to all",
            "Look at what `memorizes` says, or give it more `steps`.",
        )
    if control.as_good(control.labels_moved):
        yield _finding(
            fit,
            control,
            f"other labels make no difference: the loss stays at {control.labels_moved:.3g}",
            "The loss does not look at the labels, or the model is given them. Look for a loss of the"
            " wrong pair, and for labels among what forward() is called with.",
        )
    elif control.as_good(control.inputs_moved):
        yield _finding(
            fit,
            control,
            f"the batch was learnt without looking at it: with the inputs of other samples, the loss"
            f" stays at {control.inputs_moved:.3g}",
            "Look for what tells the samples apart beside their inputs: an index, their place in the"
            " batch, or labels that take another way.",
        )


def _finding(fit: Fit, control: Control, message: str, remedy: str) -> Finding:
    return Finding(
        message=message,
        **at(fit.place),
        evidence={
            "loss": number(control.own),
            "with other labels": number(control.labels_moved),
            "with other inputs": number(control.inputs_moved),
            "of one answer to all": number(control.constant),
            "reproduce": fit.reproduce,
        },
        remedy=remedy,
    )
