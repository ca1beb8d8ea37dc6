"""Whether the loss falls where the optimizer's gradient says so: by steps to both sides along it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from operator import mul
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from smokealarm.child.stack import users_line
from smokealarm.errors import Place, Unasked
from smokealarm.memorize.batch import tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.gradients_faithful import Along, Slope
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.probes.replay import Replay
from smokealarm.memorize.watches.backward import graph, listening_to_backward

CALLS = 16  # of the step, until an optimizer makes one
CHANGE = 1e-3  # of the loss that a step along the gradient should make
BOOSTS = (1.0, 100.0, 1e4, 1e6)
CLEAR, ROUNDING = 1e-4, 1e-5  # changes of the loss, of itself: well above rounding, and just above
PARTS = 4  # modules that are asked for on their own
SLIGHT = 1e-3  # of the whole gradient: modules with less than that are not asked for
Vectors = dict[int, Tensor]


class Look:
    """What the optimizers see in their first step, and what they do with it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.seen: dict[int, Vectors] = {}  # gradients, by optimizer
        self.update: dict[int, Vectors] = {}
        self.upward: dict[int, str] = {}  # what turns the step of the optimizer around
        self.closure = False
        self.backwards = 0
        self.functions: set[str] = set()
        self.place: Place | None = None

    @contextmanager
    def looking(self) -> Iterator[None]:
        before = register_optimizer_step_pre_hook(self._before)
        after = register_optimizer_step_post_hook(self._after)
        try:
            with listening_to_backward(self._backward):
                yield
        finally:
            before.remove()
            after.remove()

    def _backward(self, roots: list[Tensor]) -> None:
        self.backwards += 1
        self.functions.update(node.name() for node in graph(roots))

    def _before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        self.closure = self.closure or any(map(callable, (*args[1:], kwargs.get("closure"))))
        if id(optimizer) in self.seen:
            return
        self.place = self.place or users_line(self._root)
        own = [p for group in optimizer.param_groups for p in group["params"]]
        self.seen[id(optimizer)] = {id(p): _dense(p.grad) for p in own if p.grad is not None}
        self.update[id(optimizer)] = {id(p): p.detach().clone() for p in own}
        if any(float(group.get("lr") or 0) < 0 for group in optimizer.param_groups):
            self.upward[id(optimizer)] = "its learning rate is below zero"
        elif any(group.get("maximize") for group in optimizer.param_groups):
            self.upward[id(optimizer)] = "it is told to maximize"

    def _after(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        start = self.update.get(id(optimizer), {})
        own = [p for group in optimizer.param_groups for p in group["params"]]
        for parameter in own:
            if id(parameter) in start:
                start[id(parameter)] = parameter.detach() - start[id(parameter)]


def probe(bench: Bench, fact: Facts) -> Slope:
    """Raises Unasked where it cannot be told by such steps."""
    replay, look = Replay(bench), Look(bench.root)
    loss = math.nan
    with look.looking():
        for _ in range(CALLS):
            look.backwards = 0
            loss = replay.step()
            if look.seen:
                break
    if look.closure or not look.seen:
        raise Unasked("the optimizer computes gradients by itself, or makes no step at first")
    if not (math.isfinite(loss) and replay.steady(loss)):
        raise Unasked("the loss of the first step is not the same twice")
    optimizers = [_along(replay, loss, "", seen) for seen in look.seen.values()]
    known = {key: gradient for seen in look.seen.values() for key, gradient in seen.items()}
    alone = len(optimizers) == 1 and look.backwards <= 1
    parts = [_along(replay, loss, *part) for part in _parts(replay, known)] if alone else []
    return Slope(
        optimizers=tuple(each for each in optimizers if each),
        all=all(optimizers),
        parts=tuple(each for each in parts if each),
        cosines=tuple(_cosine(look.update[key], seen) for key, seen in look.seen.items()),
        upward=tuple(look.upward.get(key, "") for key in look.seen),
        functions=tuple(sorted(look.functions)),
        place=look.place,
        counts=frozenset(_counts(tensors(replay.setup.batch))),
    )


def _along(replay: Replay, loss: float, name: str, gradient: Vectors) -> Along | None:
    """Rise of the loss per step along the gradient, over the gradient's norm: 1 where it is right."""
    norm = _norm(gradient)
    size = _norm({id(p): p.detach() for _, p in replay.setup.parameters() if id(p) in gradient})
    if not (norm and math.isfinite(norm)):
        return None
    scale, farthest = max(abs(loss), 1e-3), 0.05 * max(size, 1e-3)
    for boost in BOOSTS:  # a gradient may be far longer than that of the loss
        length = boost * CHANGE * scale / norm
        rise = _rise(replay, gradient, min(length, farthest) / norm)
        if abs(rise) > CLEAR * scale or length > farthest:
            break
    if abs(rise) <= ROUNDING * scale or not math.isfinite(rise):
        return None
    length = min(length, farthest)
    near = rise / (2 * length * norm)
    if name and near > 0:  # of a part, only the sign is in question
        return Along(name, norm, near, near)
    return Along(name, norm, near, _rise(replay, gradient, 3 * length / norm) / (6 * length * norm))


def _rise(replay: Replay, gradient: Vectors, share: float) -> float:
    """Of the loss, from that share of the gradient behind the parameters to as far ahead of them."""
    ahead = replay.loss({key: each * share for key, each in gradient.items()})
    return ahead - replay.loss({key: each * -share for key, each in gradient.items()})


def _parts(replay: Replay, gradient: Vectors) -> Iterator[tuple[str, Vectors]]:
    """Modules with a gradient worth the name, from the first to the last."""
    modules: dict[str, Vectors] = {}
    for name, parameter in replay.setup.parameters():
        if id(parameter) in gradient:
            own = modules.setdefault(name.rpartition(".")[0], {})
            own[id(parameter)] = gradient[id(parameter)]
    strong = [each for each in modules.items() if _norm(each[1]) >= SLIGHT * _norm(gradient)]
    if len(strong) > PARTS:
        strong = [strong[place * (len(strong) - 1) // (PARTS - 1)] for place in range(PARTS)]
    yield from strong if len(strong) > 1 else ()


def _counts(batch: Iterator[Tensor]) -> Iterator[int]:
    """By how much a sum over the batch is more than its mean: samples, places, numbers."""
    for tensor in batch:
        yield from accumulate(tensor.shape, mul)


def _dense(gradient: Tensor) -> Tensor:
    return (gradient.to_dense() if gradient.is_sparse else gradient).detach().clone()


def _reals(tensor: Tensor) -> Tensor:
    return (torch.view_as_real(tensor) if tensor.is_complex() else tensor).double()


def _norm(vectors: Vectors) -> float:
    return math.sqrt(sum(float(_reals(each).square().sum()) for each in vectors.values()))


def _cosine(update: Vectors, gradient: Vectors) -> float:
    """Between what the optimizer does and the gradient: below zero where it goes down. 0: no step."""
    product = sum(
        float((_reals(update[key]) * _reals(each)).sum())
        for key, each in gradient.items()
        if key in update
    )
    return product / max(_norm(update) * _norm(gradient), 1e-30)
