"""The user's loss function, given the model's outputs as they are and blown up to logits of 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import fresh
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.logits_stable import EXTREME, Extreme
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.setup import seed_everything
from smokealarm.memorize.step import in_eval_mode

SAME = 1e-3  # of the loss: two that differ by less are one
NO_LOGITS = "the outputs are no logits, as far as can be told"
Loss = Callable[[Tensor], Tensor]


def probe(bench: Bench, fact: Facts) -> Extreme:
    setup = bench.made()
    batch = fresh(setup.batch)
    pair = isinstance(batch, tuple) and len(batch) == 2
    if setup.outputs is None or setup.loss_fn is None or not pair:
        raise Unasked("there is no loss_fn(outputs, target) to be called")
    seed_everything(bench.seed)
    with in_eval_mode(setup):
        try:
            outputs = setup.outputs(batch)
        except (
            Exception
        ) as error:  # it trains otherwise: loss_fn(model, batch), or a step of its own
            raise Unasked(f"the model cannot be called as model(inputs): {error}") from error
    target = batch[1]
    if not isinstance(outputs, Tensor) or not outputs.is_floating_point() or outputs.dim() < 1:
        raise Unasked("the model's output is not one tensor")
    outputs = outputs.detach().float()

    def loss_of(logits: Tensor) -> Tensor:
        loss: Tensor = setup.loss_fn(logits, target)
        return loss

    with torch.random.fork_rng():
        try:
            logits = _like_softmax(loss_of, outputs) or _like_sigmoid(
                setup.loss_fn, outputs, target
            )
        except Exception:  # it wants a model, or probabilities
            logits = False
        return _blown_up(loss_of, outputs) if logits else Extreme(unasked=NO_LOGITS)


def _blown_up(loss_of: Loss, outputs: Tensor) -> Extreme:
    largest = float(outputs.abs().max())
    logits = (outputs * (EXTREME / max(largest, 1e-6))).requires_grad_()
    loss = loss_of(logits)
    if not loss.requires_grad:
        return Extreme(unasked="no gradient goes through the loss")
    [gradient] = torch.autograd.grad(loss, logits)
    return Extreme(float(loss.detach()), bool(torch.isfinite(gradient).all()))


def _like_softmax(loss_of: Loss, outputs: Tensor) -> bool:
    """Nothing changes where a constant is added to all classes, and something does for one class."""
    if outputs.dim() < 2:
        return False
    plain = loss_of(outputs)
    if not _same(plain, loss_of(outputs + 1.0)):
        return False
    return not all(_same(plain, loss_of(_one_more(outputs, dim))) for dim in (1, -1))


def _one_more(outputs: Tensor, dim: int) -> Tensor:
    changed = outputs.clone()
    changed.select(dim, 0).add_(1.0)
    return changed


def _like_sigmoid(loss_fn: Any, outputs: Tensor, target: Any) -> bool:
    """Nothing changes where signs and binary targets change together."""
    if not isinstance(target, Tensor) or target.numel() != outputs.numel():
        return False
    if not bool(((target == 0) | (target == 1)).all()):
        return False
    plain = loss_fn(outputs, target)
    return _same(plain, loss_fn(-outputs, 1 - target)) and not _same(
        plain, loss_fn(-outputs, target)
    )


def _same(one: Tensor, other: Tensor) -> bool:
    size = max(abs(float(one)), abs(float(other)), 1e-6)
    return abs(float(one) - float(other)) <= SAME * size
