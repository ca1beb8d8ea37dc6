"""What backward brings and what the optimizer sees, told apart parameter by parameter.

The gradient is read in the pre-hook of the optimizer's step: after the step it says nothing, since
the most common loop of all calls zero_grad last. What backward brings is told by hooks on the
parameters themselves, and each is removed once it has nothing more to tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import Optimizer, register_optimizer_step_pre_hook

from smokealarm.child.stack import users_line
from smokealarm.errors import Place
from smokealarm.memorize.fit import Flow
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.watches.copies import Copies

JUDGED = 8  # steps of optimizers that are looked at closely
COMPARED = 4  # parameters whose gradients are compared number by number
LARGEST = 1_000_000  # numbers in a parameter that is compared


class Watch:
    """Listens to backward and to the optimizers while a trial runs."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self.place: Place | None = None
        self._root = root
        self._setup = setup
        self._named: dict[int, str] = {}
        self._hooks: list[Any] = []
        self._brought: dict[int, Tensor | None] = {}
        self._strangers: dict[int, bool] = {}  # and whether a gradient was seen
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
        self._twice: set[int] = set()
        self._rate: float | None = None
        self._copies = Copies()
        self._resting: frozenset[str] | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        self._notice()
        self._hooks.append(register_optimizer_step_pre_hook(self._before_step))
        try:
            yield
        finally:
            for hook in self._hooks:
                hook.remove()

    def _notice(self) -> list[Tensor]:
        """Listen to the parameters that are new: all at first, later those of lazy layers."""
        new = [
            (name, p)
            for name, p in self._setup.parameters()
            if p.requires_grad and id(p) not in self._named
        ]
        for name, parameter in new:
            self._named[id(parameter)] = name
            self._hooks.append(self._listen(parameter))
            if parameter.numel() <= LARGEST and len(self._brought) < COMPARED:
                self._brought[id(parameter)] = None
        return [parameter for _, parameter in new]

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
            else:  # what an earlier backward brought may be cleared on purpose, as in a GAN
                self._pending.discard(key)
            self._add(key, gradient)

        handle = parameter.register_hook(bring)  # type: ignore[no-untyped-call]  # torch does not type it
        return handle

    def _add(self, key: int, gradient: Tensor) -> None:
        if key in self._brought and self._steps < JUDGED and not gradient.is_sparse:
            so_far = self._brought[key]
            self._brought[key] = gradient.clone() if so_far is None else so_far + gradient

    def _before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        own = [p for group in optimizer.param_groups for p in group["params"]]
        self._held.update(map(id, own))
        self._steps += 1
        self._rate = _highest(self._rate, optimizer)
        if self._steps > JUDGED:
            return
        self.place = self.place or users_line(self._root)
        resting = frozenset(_resting(self._setup))
        self._resting = resting if self._resting is None else self._resting & resting
        self._catch_up(self._notice())
        self._look_at_strangers(own)
        self._twice |= {key for key, times in Counter(map(id, own)).items() if times > 1}
        if not any(map(callable, (*args[1:], kwargs.get("closure")))):  # else they come later
            self._look(own)

    def _catch_up(self, late: list[Tensor]) -> None:
        """Backward has passed the parameters of lazy layers before anybody could listen."""
        for parameter in late:
            if parameter.grad is not None:
                self._arrived.add(id(parameter))
                if _nonzero(parameter.grad):
                    self._nonzero.add(id(parameter))

    def _look_at_strangers(self, held: list[Tensor]) -> None:
        model = {id(parameter) for _, parameter in self._setup.parameters()}
        for parameter in held:
            if id(parameter) not in model and parameter.requires_grad:
                seen = self._strangers.get(id(parameter), False)
                self._strangers[id(parameter)] = seen or parameter.grad is not None

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
        return _along(gradient, brought + before) and not _along(gradient, brought, 0.1)

    def before_step(self, number: int, batch: Any) -> None:
        if number == 1:
            self._copies = Copies(self._setup)

    def after_step(self, number: int, loss: float) -> None:
        """Everything is told by the hooks."""

    def seen(self) -> Flow:
        lost = {key for key, times in self._lost.items() if times == self._seen[key]}
        return Flow(
            trainable=frozenset(self._named.values()),
            held=self._names(self._held),
            arrived=self._names(self._arrived),
            nonzero=self._names(self._nonzero),
            lost=self._names(lost),
            empty=bool(self._graded) and not any(self._graded) and not self._arrived,
            accumulated=len(self._piles) >= 3 and all(self._piles),
            strangers=sum(not seen for seen in self._strangers.values()),
            steps=self._steps,
            named=any(isinstance(each, Optimizer) for each in self._setup.optimizers),
            place=self.place,
            numbers={name: p.numel() for name, p in self._setup.parameters() if p.requires_grad},
            flat=frozenset(name for name, p in self._setup.parameters() if p.dim() < 2),
            waiting=self._names(self._waiting()),
            twice=self._names(self._twice),
            resting=self._resting or frozenset(),
            moved=self._names(self._moved()),
            still=self._copies.any and not self._copies.changed(),
            others=sum(self._strangers.values()),
            highest_rate=self._rate,
        )

    def _waiting(self) -> set[int]:
        """In an optimizer none of whose parameters was ever stepped."""
        waiting: set[int] = set()
        for optimizer in self._setup.optimizers:
            own = {id(p) for group in optimizer.param_groups for p in group["params"]}
            if own.isdisjoint(self._held):
                waiting |= own
        return waiting

    def _moved(self) -> set[int]:
        """By hand, or as an average of others: not by an optimizer, which would want a gradient."""
        return self._copies.changed() - (self._held & self._arrived)

    def _names(self, keys: set[int]) -> frozenset[str]:
        return frozenset(self._named[key] for key in keys if key in self._named)


def _resting(setup: Setup) -> Iterator[str]:
    """Parameters of modules in eval mode, as a teacher is, where the whole is in training mode."""
    for name, model in setup.modules.items():
        for path, module in model.named_modules(prefix=name) if model.training else ():
            if not module.training:
                own = (each for each, _ in module.named_parameters(recurse=False))
                yield from (f"{path}.{each}".strip(".") for each in own)


def _along(gradient: Tensor, other: Tensor, tolerance: float = 1e-3) -> bool:
    """Whether it is the other, or a part of it: clipping by the norm keeps the direction."""
    if gradient.is_complex():
        gradient, other = torch.view_as_real(gradient), torch.view_as_real(other)
    square = float((other * other).sum())
    share = min(float((gradient * other).sum()) / square, 1.0) if square else 0.0
    return share > 0 and float((gradient - share * other).norm()) <= tolerance * float(
        gradient.norm()
    )


def _nonzero(gradient: Tensor) -> bool:
    """NaN counts: that is another check's affair."""
    values = gradient.coalesce().values() if gradient.is_sparse else gradient
    return bool(torch.any(values != 0))


def _highest(before: float | None, optimizer: Any) -> float | None:
    """Groups without a learning rate, and optimizers that find one by themselves, count as moving."""
    rates = [group.get("lr") for group in optimizer.param_groups]
    known = [1.0 if rate is None else abs(float(rate)) for rate in rates]
    return max(known, default=before) if before is None else max([before, *known])
