"""The first step of a program, again and again, with its parameters a little changed."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.parameter import is_lazy

from smokealarm.memorize.batch import fresh
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import loss_of, train_step


class Replay:
    """A program that is put back to its beginning before every step."""

    def __init__(self, bench: Bench) -> None:
        self.setup = bench.made()
        self._seed = bench.seed
        self._step = train_step(self.setup._replace(schedulers=()))
        if _lazy(self.setup):
            self._stepped()
        self._start = {id(tensor): (tensor, tensor.detach().clone()) for tensor in self._state()}

    def step(self) -> float:
        """The first step, from backward to the optimizer's, and its loss."""
        self._put_back({})
        return self._stepped()

    def loss(self, changes: Mapping[int, Tensor] = {}) -> float:
        """Of the first step, with these changes added to the parameters (by their id)."""
        self._put_back(changes)
        if self.setup.train_step is not None:  # it does everything at once
            return self._stepped()
        seed_everything(self._seed)
        return float(loss_of(self.setup, fresh(self.setup.batch)).detach())

    def _stepped(self) -> float:
        seed_everything(self._seed)
        return self._step(fresh(self.setup.batch))

    def _put_back(self, changes: Mapping[int, Tensor]) -> None:
        with torch.no_grad():
            for key, (tensor, start) in self._start.items():
                tensor.copy_(start + changes[key] if key in changes else start)

    def steady(self, loss: float) -> bool:
        """Whether the loss is the same once more: otherwise nothing can be told by changing it."""
        return abs(self.loss() - loss) <= 1e-6 * max(abs(loss), 1e-6)

    def _state(self) -> list[Tensor]:
        modules = self.setup.modules.values()
        buffers = [each for module in modules for each in module.buffers()]
        return [parameter for _, parameter in self.setup.parameters()] + buffers


def _lazy(setup: Setup) -> bool:
    modules = setup.modules.values()
    return any(is_lazy(parameter) for module in modules for parameter in module.parameters())
