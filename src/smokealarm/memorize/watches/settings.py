"""The settings of torch's own optimizers, when each makes its first step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from smokealarm.child.stack import users_line
from smokealarm.errors import Place
from smokealarm.memorize.checks.optimizer_settings import Group, Settings
from smokealarm.memorize.setup import Setup

ADAPTIVE = ("Adam", "AdamW", "NAdam", "RAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta")
WITH_MOMENTUM = ("SGD", "RMSprop")
MOST = 64  # groups
STEPS = 3  # of the fit


class Watch:
    """Reads the groups of an optimizer that it has not met yet."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._root = root
        self._met: list[Any] = []
        self._groups: list[Group] = []
        self._place: Place | None = None
        self._number = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        hook = register_optimizer_step_pre_hook(self._meet)
        try:
            yield
        finally:
            hook.remove()

    def before_step(self, number: int, batch: Any) -> None:
        self._number = number

    def after_step(self, number: int, loss: float) -> None:
        """Everything is told by the hook."""

    def seen(self) -> Settings:
        return Settings(tuple(self._groups), self._place)

    def _meet(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if self._number > STEPS or any(optimizer is each for each in self._met):
            return
        self._met.append(optimizer)
        self._place = self._place or users_line(self._root)
        for group in optimizer.param_groups[:MOST]:
            with suppress(Exception):  # a setting may be of any kind
                if found := _group(optimizer, group):
                    self._groups.append(found)


def _group(optimizer: Any, group: Mapping[str, Any]) -> Group | None:
    kind = type(optimizer)
    base = next((each for each in kind.__mro__ if each.__module__.startswith("torch.optim.")), None)
    name = base.__name__ if base and base is not torch.optim.Optimizer else ""
    if name not in (*ADAPTIVE, *WITH_MOMENTUM):
        return None
    decay = _float(group.get("weight_decay")) or 0.0
    return Group(
        kind.__name__,
        lr=_float(group.get("lr")) or 0.0,
        momentum=_float(group.get("momentum")) if name in WITH_MOMENTUM else None,
        betas=tuple(float(beta) for beta in group.get("betas", ())),
        eps=_float(group.get("eps")) if name in ADAPTIVE else None,
        weight_decay=decay,
        decoupled=name == "AdamW" or bool(group.get("decoupled_weight_decay")),
    )


def _float(value: Any) -> float | None:
    found = None if value is None else float(value)
    return found if found is None or math.isfinite(found) else None
