"""What backward brings and what the optimizer sees, told apart parameter by parameter.

The gradient is read in the pre-hook of the optimizer's step: after the step it says nothing, since
the most common loop of all calls zero_grad last. What backward brings is told by hooks on the
parameters themselves, and each is removed once it has nothing more to tell.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_pre_hook

from smokealarm.child.stack import frame_at
from smokealarm.errors import Place
from smokealarm.memorize.fit import Flow
from smokealarm.memorize.setup import Setup

JUDGED = 8  # steps of optimizers that are looked at closely
COMPARED = 4  # parameters whose gradients are compared number by number
LARGEST = 1_000_000  # numbers in a parameter that is compared


class Watch:
    """Listens to backward and to the optimizers while a trial runs."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self.place: Place | None = None
        self._root = root
        self._named = {id(p): name for name, p in setup.parameters() if p.requires_grad}
        self._parameters = [p for _, p in setup.parameters() if p.requires_grad]
        small = [p for p in self._parameters if p.numel() <= LARGEST][:COMPARED]
        self._brought: dict[int, Tensor | None] = {id(p): None for p in small}
        self._before: dict[int, Tensor] = {}
        self._pending: set[int] = set()  # nonzero gradients brought since the last step
        self._arrived: set[int] = set()
        self._nonzero: set[int] = set()
        self._held: set[int] = set()
        self._seen: dict[int, int] = {}
        self._lost: dict[int, int] = {}
        self._piles: list[bool] = []
        self._graded: list[bool] = []  # per step: some parameter had a gradient
        self._steps = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        hooks = [self._listen(parameter) for parameter in self._parameters]
        hooks.append(register_optimizer_step_pre_hook(self._before_step))
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _listen(self, parameter: Tensor) -> Any:
        key = id(parameter)

        def bring(gradient: Tensor) -> None:
            self._arrived.add(key)
            if self._steps >= JUDGED and key in self._nonzero:
                handle.remove()
                return
            if _nonzero(gradient):
                self._pending.add(key)
                self._nonzero.add(key)
            self._add(key, gradient)

        handle = parameter.register_hook(bring)  # type: ignore[no-untyped-call]
        return handle

    def _add(self, key: int, gradient: Tensor) -> None:
        if key in self._brought and self._steps < JUDGED and not gradient.is_sparse:
            so_far = self._brought[key]
            self._brought[key] = gradient.clone() if so_far is None else so_far + gradient

    def _before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        own = [p for group in optimizer.param_groups for p in group["params"]]
        self._held.update(map(id, own))
        self._steps += 1
        if self._steps > JUDGED:
            return
        self.place = self.place or users_line(self._root)
        if len(args) < 2 and not kwargs.get("closure"):  # with a closure, gradients come later
            self._look(own)

    def _look(self, parameters: list[Tensor]) -> None:
        self._graded.append(any(parameter.grad is not None for parameter in parameters))
        for parameter in parameters:
            key = id(parameter)
            if key in self._pending:
                self._seen[key] = self._seen.get(key, 0) + 1
                gone = parameter.grad is None or not _nonzero(parameter.grad)
                self._lost[key] = self._lost.get(key, 0) + gone
        self._pending.difference_update(map(id, parameters))
        self._piles += [p for p in map(self._piles_up, parameters) if p is not None]

    def _piles_up(self, parameter: Tensor) -> bool | None:
        """Whether the gradient is the new one plus that of the step before. None: cannot tell."""
        key = id(parameter)
        brought, before = self._brought.get(key), self._before.get(key)
        gradient = parameter.grad
        if gradient is None or gradient.is_sparse or key not in self._brought:
            return None
        self._brought[key] = None
        self._before[key] = gradient.detach().clone()
        if brought is None or before is None or not _nonzero(before):
            return None
        size = float(gradient.norm())
        piled = float((gradient - brought - before).norm()) <= 1e-3 * size
        return piled and float((gradient - brought).norm()) > 0.1 * size

    def flow(self) -> Flow:
        lost = {key for key, times in self._lost.items() if times == self._seen[key]}
        return Flow(
            trainable=frozenset(self._named.values()),
            held=self._names(self._held),
            arrived=self._names(self._arrived),
            nonzero=self._names(self._nonzero),
            lost=self._names(lost),
            empty=bool(self._graded) and not any(self._graded) and not self._arrived,
            accumulated=len(self._piles) >= 3 and all(self._piles),
            steps=self._steps,
        )

    def _names(self, keys: set[int]) -> frozenset[str]:
        return frozenset(self._named[key] for key in keys if key in self._named)


def _nonzero(gradient: Tensor) -> bool:
    """NaN counts: that is another check's affair."""
    values = gradient.coalesce().values() if gradient.is_sparse else gradient
    return bool(torch.any(values != 0))


def users_line(root: Path) -> Place | None:
    """The innermost line of the repository on the stack right now."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        seen = frame_at(code.co_filename, frame.f_lineno, code.co_name, root)
        if seen.in_repository:
            return Place(seen.path, seen.line)
        frame = frame.f_back  # type: ignore[assignment]
    return None
