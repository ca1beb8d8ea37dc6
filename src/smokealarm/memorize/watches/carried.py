"""What is there again after a step, or is gone before the next: weights, states, random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.modules.dropout import _DropoutNd
from torch.optim.optimizer import (
    Optimizer,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from smokealarm.child.stack import users_line
from smokealarm.errors import Place
from smokealarm.memorize.checks.state_carried import LOOKS, Carried
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.setup import Setup

WATCHED = 64  # steps
COPIED = 200_000  # numbers in parameters that are held against those of the beginning, altogether
DROPOUTS = 4  # layers that are looked at
FEWEST = 8  # of them, or nothing is told

Key = tuple[str, frozenset[int]]


class Watch:
    """Looks at small things only: a generator, some parameters, whether there is a state at all."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._setup = setup
        self._root = root
        self._number = 0
        self._first: list[tuple[Tensor, Tensor]] = []  # parameters, and as they were
        self._moved = False
        self._returned: list[int] = []
        self._drawn: dict[str, list[int]] = {}  # where the generator stood at each dropout, by step
        self._looked: set[tuple[str, int]] = set()
        self._found: dict[Key, list[bool]] = {}  # whether there was a state, step by step
        self._keeps: set[Key] = set()
        self._places: dict[Key, Place | None] = {}
        self._own: set[int] = set()

    @contextmanager
    def listening(self) -> Iterator[None]:
        hooks = [
            register_optimizer_step_pre_hook(self._look_for_state),
            register_optimizer_step_post_hook(self._see_state),
            *self._listening_to_dropout(),
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def before_step(self, number: int, batch: Any) -> None:
        self._number = number
        if number == 1:
            self._remember()

    def after_step(self, number: int, loss: float) -> None:
        if number <= WATCHED and sum(first.numel() for _, first in self._first) >= FEWEST:
            back = all(torch.equal(now.detach(), first) for now, first in self._first)
            if back and self._moved:
                self._returned.append(number)
            self._moved |= not back

    def seen(self) -> Carried:
        forgetful = next((key for key in self._keeps if self._is_forgetful(key)), None)
        return Carried(
            steps=self._number,
            same_numbers=self._same_numbers(),
            returned=tuple(self._returned),
            forgetful=forgetful[0] if forgetful else "",
            place=self._places.get(forgetful) if forgetful else None,
        )

    def _remember(self) -> None:
        room = COPIED
        for _, parameter in self._setup.parameters():
            self._own.add(id(parameter))
            if parameter.requires_grad and parameter.numel() <= room:
                self._first.append((parameter, parameter.detach().clone()))
                room -= parameter.numel()

    def _listening_to_dropout(self) -> Iterator[Any]:
        for key, model in self._setup.modules.items():
            for name, module in model.named_modules(prefix=key):
                if isinstance(module, _DropoutNd) and len(self._drawn) < DROPOUTS:
                    self._drawn[name] = []
                    yield module.register_forward_pre_hook(
                        Hook(partial(self._before_dropout, name))
                    )

    def _before_dropout(self, name: str, module: Any, args: Any) -> None:
        """Where the generator stands, once for each step from the second on."""
        look = (name, self._number)
        if 1 < self._number <= LOOKS + 1 and look not in self._looked:
            if module.training and 0 < module.p < 1 and not torch.is_inference_mode_enabled():
                self._looked.add(look)
                self._drawn[name].append(hash(torch.get_rng_state().numpy().tobytes()))

    def _same_numbers(self) -> bool:
        """Every layer that drops something out draws from the same place in every step."""
        drawn = [stood for stood in self._drawn.values() if len(stood) == LOOKS]
        return bool(drawn) and all(len(set(stood)) == 1 for stood in drawn)

    def _is_forgetful(self, key: Key) -> bool:
        found = self._found.get(key, [])
        return len(found) > LOOKS and not any(found)

    def _look_for_state(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if key := self._key(optimizer):
            held = [p for group in optimizer.param_groups for p in group["params"]]
            self._found.setdefault(key, []).append(any(map(optimizer.state.get, held)))
            if key not in self._places:
                self._places[key] = users_line(self._root)

    def _see_state(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if key := self._key(optimizer):
            if any(_remembers(state) for state in optimizer.state.values()):
                self._keeps.add(key)

    def _key(self, optimizer: Any) -> Key | None:
        """Of what is judged: optimizers of torch, in the first steps, of the model's own parameters."""
        if self._number > WATCHED or not isinstance(optimizer, Optimizer):
            return None
        held = frozenset(id(p) for group in optimizer.param_groups for p in group["params"])
        return (type(optimizer).__name__, held) if held & self._own else None


def _remembers(state: Any) -> bool:
    """Whether there is in it what goes on from step to step: more than a count of steps."""
    return any(isinstance(each, Tensor) and each.dim() > 0 for each in state.values())
