"""What is done twice in a step: backward of one loss, and steps with one gradient."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_pre_hook

from smokealarm.child.stack import users_line
from smokealarm.errors import Place
from smokealarm.memorize.checks.once_per_step import Repeated
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.watches.backward import listening_to_backward

LAST = 8  # step that is looked at; the first one is not, as lazy layers and scalers begin there

Standing = tuple[Tensor, int]  # a gradient, and how often it had been written into


class Watch:
    """Compares tensors by what they are in memory: no number is looked at."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._setup = setup
        self._root = root
        self._number = 0
        self._roots: list[Tensor] = []  # sent backward in this step
        self._before: dict[int, list[Standing]] = {}  # by optimizer, at its last step
        self._seen: dict[str, set[int]] = {"backward": set(), "step": set()}
        self._places: dict[str, Place | None] = {}
        self._own: dict[int, Tensor] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        hook = register_optimizer_step_pre_hook(self._before_optimizer)
        try:
            with listening_to_backward(self._hear):
                yield
        finally:
            hook.remove()
            self._forget()

    def before_step(self, number: int, batch: Any) -> None:
        self._number = number
        self._forget()
        if number == 1:
            self._own = {id(p): p for _, p in self._setup.parameters() if p.requires_grad}

    def after_step(self, number: int, loss: float) -> None:
        """Everything is told by the hooks."""

    def seen(self) -> Repeated:
        return Repeated(
            max(min(self._number, LAST) - 1, 0),
            len(self._seen["backward"]),
            self._places.get("backward"),
            len(self._seen["step"]),
            self._places.get("step"),
        )

    @property
    def _looking(self) -> bool:
        return 1 < self._number <= LAST

    def _forget(self) -> None:
        self._roots.clear()
        self._before.clear()

    def _hear(self, roots: list[Tensor]) -> None:
        if not self._looking:
            return
        again = any(root is each for root in roots for each in self._roots)
        if again and any(_counts(each.grad) for each in self._own.values()):
            self._note("backward")
        self._roots += roots

    def _before_optimizer(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if not self._looking or any(map(callable, (*args[1:], kwargs.get("closure")))):
            return
        held = [p for group in optimizer.param_groups for p in group["params"]]
        now = [(p.grad, p.grad._version) for p in held if p.grad is not None and id(p) in self._own]
        before = self._before.get(id(optimizer), [])
        if now and len(now) == len(before):
            if all(a is b and m == n for (a, m), (b, n) in zip(now, before)):
                self._note("step")
        self._before[id(optimizer)] = now

    def _note(self, what: str) -> None:
        self._seen[what].add(self._number)
        self._places.setdefault(what, users_line(self._root))


def _counts(gradient: Tensor | None) -> bool:
    """There, and not cleared."""
    if gradient is None:
        return False
    values = gradient._values() if gradient.is_sparse else gradient
    return bool(torch.any(values != 0))
