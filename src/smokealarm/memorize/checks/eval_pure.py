"""An evaluation changes nothing, and gives the same answer twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Place
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at, listed, number


class Purity(NamedTuple):
    """What three evaluations of one batch did, in eval mode: two with one seed, one with another."""

    parameters: tuple[str, ...] = ()  # changed by them
    statistics: tuple[str, ...] = ()  # of batch-norm, changed by each of them
    optimizers: bool = False  # their state or learning rate changed
    dropout: str = ""  # the function that dropped something in eval mode
    dropout_place: Place | None = None
    sampled: str = ""  # the function that drew something else
    sampled_place: Place | None = None
    moved: float = 0.0  # the answer, with another seed, as a share of its size
    drifted: float = 0.0  # the answer, with the same seed, when asked for again
    own: bool = False  # it is the user's eval_step


def check(fit: Fit, *, tolerance: float = 0.001) -> Iterator[Finding]:
    """Evaluating changes no parameter, no statistics and no optimizer, and is not random.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - eval_pure: {tolerance: 0.001}

    After one training step the batch is evaluated three times, in eval mode and without gradients: by
    your `eval_step`, or else by what the model puts out. An answer is what the eval step returns: the
    loss, or all tensors in it. `tolerance` is the share of its size by which it may move.

    Failures: a parameter, the running statistics of a batch-norm, or an optimizer are changed. The
    answer changes with the seed, and something is dropped out although the model is in eval mode:
    F.dropout(x) without `training=self.training`, or scaled_dot_product_attention with a `dropout_p`.

    Warnings: the answer changes with the seed for another reason (noise that is added), or with the
    same seed from call to call (a state that is carried on). Samples whose spread the model computes
    (mean + std * noise) and noise that is a layer's input are what generative models are made of,
    and are left alone. hints={"stochastic_forward": True} takes back all that is said of random
    answers. In a dict with a loss, plain numbers (seconds, counts) are not looked at.

    Counters, caches and other buffers may change, and weights may be swapped for their average and
    back.
    """
    purity = fit.fact(Purity)
    for message, remedy, level, place in _verdicts(
        purity, tolerance, bool(fit.hints.get("stochastic_forward"))
    ):
        yield Finding(
            message=message,
            level=level,
            **at(place or fit.place),
            evidence={
                "answer moved with another seed by": number(purity.moved),
                "answer moved with the same seed by": number(purity.drifted),
                "evaluated by": "your eval_step" if purity.own else "the model's outputs",
                "reproduce": fit.reproduce,
            },
            remedy=remedy,
        )


def _verdicts(
    purity: Purity, tolerance: float, random: bool
) -> Iterator[tuple[str, str, Level, Place | None]]:
    if purity.parameters:
        yield (
            f"the evaluation changes parameters: {listed(purity.parameters)}",
            "Work on a copy, or put them back; no backward() and step() while you evaluate.",
            Level.FAILURE,
            None,
        )
    elif purity.optimizers:
        yield (
            "the evaluation makes an optimizer step, or changes its settings",
            "No optimizer.step() while you evaluate.",
            Level.FAILURE,
            None,
        )
    if purity.statistics:
        yield (
            f"the evaluation changes the statistics of batch-norm: {listed(purity.statistics)}",
            "Something calls train() within it: call model.eval() first, and keep it so.",
            Level.FAILURE,
            None,
        )
    if random or purity.parameters or purity.statistics:
        return
    if purity.dropout and purity.moved > tolerance:
        yield (
            f"in eval mode {purity.dropout} still drops: the answer moves by {purity.moved:.2g} of"
            " its size",
            "Write F.dropout(x, p, training=self.training) or use nn.Dropout; in attention"
            " dropout_p=self.p if self.training else 0.0.",
            Level.FAILURE,
            purity.dropout_place,
        )
    elif purity.drifted > tolerance:
        yield (
            f"two evaluations of the same batch differ by {purity.drifted:.2g} of their size:"
            " something is carried from call to call",
            "Reset hidden states before an evaluation.",
            Level.WARNING,
            None,
        )
    elif purity.moved > tolerance:
        by = f" ({purity.sampled})" if purity.sampled else ""
        yield (
            f"the evaluation is random{by}: with another seed the answer moves by {purity.moved:.2g}"
            " of its size",
            'If it is meant, say so: hints={"stochastic_forward": True}.',
            Level.WARNING,
            purity.sampled_place,
        )
