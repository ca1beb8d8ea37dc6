"""The gradient of a batch, and those of its halves."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import fresh, mapped, size
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.batch_splits import Splits
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import loss_of


def probe(bench: Bench, fact: Facts) -> Splits:
    try:
        return _weighed(bench, torch.float64)
    except (RuntimeError, TypeError, ValueError):  # a type is written into it somewhere
        return _weighed(bench, torch.float32)


def _weighed(bench: Bench, precision: torch.dtype) -> Splits:
    setup = bench.made()
    samples = size(setup.batch)
    if setup.loss is None or (setup.train_step is not None and not setup.owner):
        raise Unasked(
            "the step is no plain call of the loss: what it makes of half a batch is not known"
        )
    if samples is None or samples < 4:
        raise Unasked(
            "the batch cannot be split: it has not four samples along the first dimension"
        )
    double = precision is torch.float64
    loss_of(setup, fresh(setup.batch))  # lazy layers take their shape
    for module in (*setup.modules.values(), setup.loss_fn):
        if isinstance(module, torch.nn.Module):
            module.eval()
            module.double() if double else None
    middle = samples // 2
    whole, first, second = (
        _gradient(setup, _part(setup.batch, start, end, samples, double))
        for start, end in ((0, samples), (0, middle), (middle, samples))
    )
    halves = torch.stack([first, second], 1)
    if not float(torch.linalg.matrix_norm(halves)) or not float(whole.norm()):
        raise Unasked("the gradient is zero")
    weights = torch.linalg.lstsq(halves, whole[:, None], driver="gelsd").solution.flatten()
    left = float((halves @ weights - whole).norm() / whole.norm())
    due = middle / samples
    return Splits((float(weights[0]), float(weights[1])), (due, 1 - due), left)


def _part(batch: Any, start: int, end: int, samples: int, double: bool) -> Any:
    def cut(tensor: Tensor) -> Tensor:
        if tensor.dim() and tensor.shape[0] == samples:
            tensor = tensor[start:end]
        return tensor.double() if double and tensor.is_floating_point() else tensor.clone()

    return mapped(batch, cut)


def _gradient(setup: Setup, batch: Any) -> Tensor:
    seed_everything(0)
    parameters = [each for _, each in setup.parameters() if each.requires_grad]
    gradients = torch.autograd.grad(loss_of(setup, batch), parameters, allow_unused=True)
    found = [each.to_dense().flatten() for each in gradients if each is not None]
    return torch.cat([each.double() for each in found])
