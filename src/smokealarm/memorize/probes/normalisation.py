"""What the normalisation layers see in a few training steps, and what becomes of their statistics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from smokealarm.memorize.batch import fresh
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.normalisation import Layer, Normalisation
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.pricing.forecast import eager
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import train_step

STEPS = 4
BATCH = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
INSTANCE = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)
KINDS = (*BATCH, *INSTANCE, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)


def probe(bench: Bench, fact: Facts) -> Normalisation:
    setup = bench.made()
    eyes = list(_eyes(setup))
    if not eyes:
        return Normalisation(())
    seed_everything(bench.seed)
    step = train_step(setup)
    with eager(), ExitStack() as hooks:
        for eye in eyes:
            hooks.callback(eye.module.register_forward_pre_hook(Hook(eye)).remove)
        for _ in range(STEPS):
            step(fresh(setup.batch))
    return Normalisation(tuple(eye.told() for eye in eyes if eye.calls))


def _eyes(setup: Setup) -> Iterator[_Eye]:
    for name, model in setup.modules.items():
        for path, module in model.named_modules(prefix=name):
            if isinstance(module, KINDS):
                yield _Eye(path, module)


class _Eye:
    """Looks at what one layer is given."""

    def __init__(self, path: str, module: Any) -> None:
        self.path = path
        self.module = module
        self.calls = 0
        self._training = True  # at every call
        self._flat = True  # at every call: each of the variances was next to nothing
        self._values = 0  # that one variance is of
        self._mean: Tensor = torch.zeros(1)
        self._variance: Tensor = torch.zeros(1)
        self._start = _statistics(module)

    def __call__(self, module: Any, given: Any) -> None:
        if not (given and isinstance(given[0], Tensor) and given[0].is_floating_point()):
            return
        with torch.no_grad():
            groups = _grouped(module, given[0].detach().double())
            self._mean = groups.mean(1)
            self._variance = groups.var(1, correction=0)
        self.calls += 1
        self._training = self._training and module.training
        size = self._mean.square() + self._variance
        self._flat = self._flat and bool((self._variance <= 1e-14 * size).all())
        self._values = groups.shape[1]

    def told(self) -> Layer:
        module, running = self.module, _statistics(self.module)
        same = [torch.equal(one, other) for one, other in zip(self._start, running)]
        return Layer(
            path=self.path,
            kind=type(module).__name__,
            batch_mean=float(self._mean.mean()),
            batch_variance=float(self._variance.mean()),
            running_mean=float(running[0].mean()) if running else None,
            running_variance=float(running[1].mean()) if running else None,
            momentum=getattr(module, "momentum", None),
            eps=module.eps,
            values=self._values,
            flat=self._flat,
            stale=self._training and bool(same) and all(same),
        )


def _statistics(module: Any) -> list[Tensor]:
    found = [getattr(module, name, None) for name in ("running_mean", "running_var")]
    return [each.detach().clone() for each in found if each is not None and not is_lazy(each)]


def _grouped(module: Any, given: Tensor) -> Tensor:
    """One row for each variance that the layer takes: per channel, per sample and channel, ..."""
    if isinstance(module, BATCH):
        return given.movedim(1, 0).flatten(1) if given.dim() > 2 else given.T
    if isinstance(module, INSTANCE):
        return given.flatten(0, 1).flatten(1)
    if isinstance(module, nn.GroupNorm):
        return given.reshape(len(given) * module.num_groups, -1)
    return given.flatten(-len(module.normalized_shape)).flatten(0, -2)
