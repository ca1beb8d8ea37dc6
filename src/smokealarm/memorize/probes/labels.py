"""The program, trained, with labels and inputs given to other samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import fresh, mapped, size
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.labels_matter import Control
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import in_eval_mode, loss_of, train_step

LABELS = ("labels", "label", "targets", "target")


def probe(bench: Bench, fact: Facts) -> Control:
    setup = bench.made()
    samples = size(setup.batch)
    if samples is None or samples < 4:
        raise Unasked("the batch has not four samples along its first dimension")
    target = _target(setup.batch)
    if torch.equal(target, target.roll(1, 0)):
        raise Unasked("all samples have the same label")
    if torch.equal(target, torch.arange(samples, device=target.device)):
        raise Unasked("the labels are the places of the samples in the batch")
    constant = _constant(setup, target)
    seed_everything(bench.seed)
    step = train_step(setup)
    for _ in range(bench.steps):
        step(fresh(setup.batch))
    return Control(
        _loss(setup, setup.batch, step),
        _loss(setup, _moved(setup.batch, samples, labels=True), step),
        _loss(setup, _moved(setup.batch, samples, labels=False), step),
        constant,
    )


def _loss(setup: Setup, batch: Any, step: Callable[[Any], float]) -> float:
    """In eval mode where it can be told so; a step of the user's own says it before it updates."""
    if setup.loss is None or (setup.train_step is not None and not setup.owner):
        return step(fresh(batch))
    with in_eval_mode(setup):
        return float(loss_of(setup, fresh(batch)))


def _target(batch: Any) -> Tensor:
    if isinstance(batch, Mapping):
        found = [batch[name] for name in LABELS if name in batch]
    else:
        found = [batch[1]] if isinstance(batch, tuple) and len(batch) == 2 else []
    if len(found) != 1 or not isinstance(found[0], Tensor):
        raise Unasked("which part of the batch is its labels is not known")
    return found[0]


def _moved(batch: Any, samples: int, *, labels: bool) -> Any:
    """Labels, or all the rest, one sample on."""

    def roll(tensor: Tensor) -> Tensor:
        return tensor.roll(1, 0) if tensor.dim() and tensor.shape[0] == samples else tensor

    if isinstance(batch, Mapping):
        changed = {k: mapped(v, roll) if (k in LABELS) == labels else v for k, v in batch.items()}
        return changed
    inputs, target = batch
    return (inputs, mapped(target, roll)) if labels else (mapped(inputs, roll), target)


def _constant(setup: Setup, target: Tensor) -> float:
    """The loss of the best answer that is the same for all samples."""
    if not target.is_floating_point():
        shares = torch.bincount(target[target >= 0].flatten()).double()
        shares /= shares.sum()
        return float(-torch.xlogy(shares, shares).sum())
    values = target.double()
    if setup.loss_fn is F.mse_loss or isinstance(setup.loss_fn, nn.MSELoss):
        return float(values.var(0, correction=0).mean())
    if setup.loss_fn is F.l1_loss or isinstance(setup.loss_fn, nn.L1Loss):
        return float((values - values.median(0).values).abs().mean())
    raise Unasked("what a constant answer would do is not known for this loss")
