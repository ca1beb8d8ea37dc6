"""Norms of gradients, parameters and updates, at the first steps and then at ever rarer ones."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from smokealarm.memorize.checks.norms import Moment, Norm, Norms
from smokealarm.memorize.setup import Setup

SAMPLED = frozenset({1, *(2**power + 1 for power in range(12))})
LARGEST = 4_000_000  # numbers in a parameter whose updates are looked at
ENOUGH = 5  # looks at a parameter that does not move


class Watch:
    """Copies the parameters before a step that is looked at, and compares after it."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._setup = setup
        self._looking = True  # until something is met that cannot be looked at
        self._number = 0
        self._names: dict[int, str] = {}
        self._before: dict[int, Tensor] = {}
        self._squares: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        self._still: defaultdict[str, int] = defaultdict(int)
        self._moved: set[str] = set()
        self._moments: list[Moment] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        hooks = [
            register_optimizer_step_pre_hook(self._guarded(self._copy)),
            register_optimizer_step_post_hook(self._guarded(self._compare)),
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _guarded(self, look: Any) -> Any:
        """Parameters of unusual kinds must not end the user's training: then nothing is told."""

        def hook(optimizer: Any, args: Any, kwargs: Any) -> None:
            if not (self._looking and self._number in SAMPLED):
                return
            try:
                with torch.no_grad():
                    look(optimizer)
            except Exception:
                self._looking = False

        return hook

    def before_step(self, number: int, batch: Any) -> None:
        self._number = number
        if number in SAMPLED:
            self._names = {id(parameter): name for name, parameter in self._setup.parameters()}

    def after_step(self, number: int, loss: float) -> None:
        if number not in SAMPLED:
            return
        norms = {module: Norm(*map(math.sqrt, of)) for module, of in self._squares.items()}
        self._squares.clear()
        self._before.clear()
        if norms and all(math.isfinite(each) for norm in norms.values() for each in norm):
            self._moments.append(Moment(number, norms))

    def seen(self) -> Norms:
        if not self._looking:
            return Norms((), frozenset())
        still = {name for name, times in self._still.items() if times >= ENOUGH}
        return Norms(tuple(self._moments), frozenset(still - self._moved))

    def _copy(self, optimizer: Any) -> None:
        for _, parameter in self._own(optimizer):
            self._before[id(parameter)] = parameter.detach().clone()

    def _compare(self, optimizer: Any) -> None:
        for name, parameter in self._own(optimizer):
            before = self._before.pop(id(parameter), None)
            if before is None or parameter.grad is None:
                continue
            gradient, update = _norm(parameter.grad), _norm(parameter.detach() - before)
            squares = self._squares[name.rpartition(".")[0]]
            for index, norm in enumerate((gradient, _norm(before), update)):
                squares[index] += norm * norm
            if update:
                self._moved.add(name)
            elif gradient and parameter.dim() > 1 and _rate(optimizer, parameter):
                self._still[name] += 1

    def _own(self, optimizer: Any) -> Iterator[tuple[str, Tensor]]:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if id(parameter) in self._names and parameter.numel() <= LARGEST:
                    yield self._names[id(parameter)], parameter


def _norm(tensor: Tensor) -> float:
    values = tensor.coalesce().values() if tensor.is_sparse else tensor
    wide = values if values.is_complex() else values.to(torch.float64)
    return float(torch.linalg.vector_norm(wide))


def _rate(optimizer: Any, parameter: Tensor) -> float:
    """The learning rate of the parameter's group."""
    for group in optimizer.param_groups:
        if any(each is parameter for each in group["params"]):
            return float(group.get("lr", 1.0))
    return 0.0
