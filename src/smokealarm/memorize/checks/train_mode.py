"""The training steps run in training mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, Flow, at, listed, number

MOST = 0.9  # of the values dropped: what is left tells next to nothing
ENOUGH = 3  # steps in eval mode


class Mode(NamedTuple):
    """One dropout or batch-norm layer in the first steps, in its calls with gradients."""

    path: str
    kind: str
    dropout: float | None  # share that it drops; None: it is a batch-norm
    root: str = ""  # the model that it belongs to
    calls: int = 0
    trained: int = 0  # calls in training mode
    last_trained: int = 0  # step of the last of them
    last_step: int = 0  # in which it was called
    root_in_eval: int = 0  # calls in eval mode with the whole model in eval mode

    @property
    def left(self) -> bool:
        """In eval mode with the whole of its model, and never back."""
        return self.root_in_eval >= ENOUGH and self.last_step - self.last_trained >= ENOUGH


class Modes(NamedTuple):
    """Those that were called."""

    layers: tuple[Mode, ...]


def check(fit: Fit) -> Iterator[Finding]:
    """Dropout and batch-norm are in training mode when the model is trained, and drop not too much.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [train_mode]

    Looked at is every call with gradients in the first eight steps of your `train_step`, of Lightning's
    loop or the Trainer's, which leave a mode that your hooks have set. A warning where the whole model
    is in eval mode in all of them, or from some step on: model.eval() was called, and never
    model.train().

    Batch-norm alone in eval mode, or a frozen part of the model, is a way to fine-tune and no cause
    for a warning; neither is a model without such layers, nor dropout of zero.

    In any loop: dropout of 0.9 or more is a warning (is it the share that is kept?). Dropout of 1
    sends nothing on, and is a failure where parameters get zeros only for their gradient. That is on
    purpose on a branch that is switched off: give such a branch no gradients.
    """
    layers = [each for each in fit.fact(Modes).layers if each.dropout != 0]
    yield from _dropped(fit, layers)
    if not layers:
        return
    if fit.about.owner == "smokealarm":
        fit.needs_own_loop("the mode of your step")
    for root in dict.fromkeys(each.root for each in layers):
        own = [each for each in layers if each.root == root]
        if all(each.left for each in own):
            yield _left(fit, own)


def _left(fit: Fit, own: list[Mode]) -> Finding:
    begun = max(each.last_trained for each in own)
    since = f"from step {begun + 1} on" if begun else "in every training step"
    kinds = sorted({each.kind for each in own})
    return Finding(
        message=f"{since} the model is in eval mode, and with it {' and '.join(kinds)}",
        level=Level.WARNING,
        **at(fit.stepping),
        evidence={
            "layers": listed([each.path for each in own]),
            "calls in training mode": sum(each.trained for each in own),
            "calls": sum(each.calls for each in own),
            "reproduce": fit.reproduce,
        },
        remedy="Call model.train() at the beginning of the training step, and after every evaluation.",
    )


def _dropped(fit: Fit, layers: list[Mode]) -> Iterator[Finding]:
    for each in layers:
        if each.dropout is None or each.dropout < MOST or not each.trained:
            continue
        flow = fit.fact(Flow)
        sure = each.dropout >= 1 and bool(flow.arrived - flow.nonzero)
        yield Finding(
            message=f"{each.kind} `{each.path}` drops {each.dropout:.0%} of what it is given",
            level=Level.FAILURE if sure else Level.WARNING,
            **at(fit.place),
            evidence={
                "module": each.path,
                "p": number(each.dropout),
                "parameters whose gradient is always zero": len(flow.arrived - flow.nonzero),
                "reproduce": fit.reproduce,
            },
            remedy="`p` is the share that is dropped, not the one that is kept: 0.1 to 0.5 is usual.",
        )
