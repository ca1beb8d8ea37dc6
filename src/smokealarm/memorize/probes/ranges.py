"""The largest number that any module puts out in the first two steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from smokealarm.memorize.batch import fresh, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.half_range import Range
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.setup import seed_everything
from smokealarm.memorize.step import Detached, train_step

STEPS = 2


def probe(bench: Bench, fact: Facts) -> Range:
    setup = bench.made()
    seen = [Range(0.0)]
    for prefix, model in setup.modules.items():
        for name, module in model.named_modules(prefix=prefix):
            module.register_forward_hook(Hook(_noting(seen, name)))
    seed_everything(bench.seed)
    step = train_step(setup)
    try:
        for _ in range(STEPS):
            step(fresh(setup.batch))
    except Detached:
        pass
    highest = max(seen, key=lambda each: each.highest)
    return highest._replace(half=any(each.half for each in seen))


def _noting(seen: list[Range], name: str) -> Callable[..., None]:
    def note(module: nn.Module, inputs: Any, output: Any) -> None:
        """Infinities are left out where they are put in on purpose, as in masked scores."""
        with torch.no_grad():
            for tensor in tensors(output):
                if tensor.is_floating_point() and tensor.numel():
                    seen.append(Range(_highest(tensor), name, tensor.dtype is torch.float16))

    return note


def _highest(tensor: Tensor) -> float:
    size = tensor.detach().abs()
    if tensor.dtype is torch.float16 and bool((tensor == torch.inf).any()):
        return float("inf")
    return float(torch.where(torch.isfinite(size), size, 0).max())
