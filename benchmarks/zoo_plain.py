"""What a program of the zoo does by itself: the plainest loop on its first batch, none of our checks.

This says whether a program may call itself healthy, and what 200 steps of it cost.
"""

from __future__ import annotations

import copy
import inspect
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.optim.lr_scheduler import ReduceLROnPlateau

STEPS = 200
FLOORS = {  # what smoothed labels, counts, a prior or an adversary cost a model that is right
    "vision_transformer_with_zero_head": 0.3897,
    "warm_up_from_a_learning_rate_of_zero": 0.3488,
    "smoothed_loss_divided_for_accumulation": 0.0872,
    "weighted_dataset": 0.2,
    "poisson_regression_of_counts": 0.122,
    "vae_of_the_examples": 5.0,
    "image_to_image_with_a_patch_critic": 1.5,
    "teacher_in_the_same_module": 0.2,
}


class Run(NamedTuple):
    """The loss at first, the median of ten after STEPS and 3 STEPS (or in eval mode then), and the cost."""

    first: float
    middle: float
    last: float
    floor: float
    hints: Mapping[str, Any]
    cpu: float  # seconds, of the first STEPS with the making

    @property
    def left(self) -> float:
        """Which share of the way from the first loss to the floor is left at the better of the two."""
        return (min(self.middle, self.last) - self.floor) / (self.first - self.floor or 1.0)

    @property
    def healthy(self) -> bool:
        """It falls to a tenth of what it was, or as far as its author declares that it can."""
        declared = self.hints.get("memorizable", "full")
        share = {"full": 0.1, "partial": 0.75, "off": float("inf")}[declared]
        finite = all(abs(loss) < float("inf") for loss in (self.first, self.middle, self.last))
        below = self.last < 0 < self.first  # a likelihood
        return finite and (below or self.left <= share)


def plain(function: Callable[..., Any], seed: int, steps: int = 3 * STEPS) -> Run:
    before = time.process_time()
    seeded(seed)
    parts = named(function(seed) if inspect.signature(function).parameters else function())
    batch = first(parts["data"])
    step = parts.get("train_step") or step_of(parts)
    losses: list[float] = []
    cpu = 0.0
    for number in range(1, steps + 1):
        found = step(copy.deepcopy(batch))
        found = found["loss"] if isinstance(found, Mapping) else found
        losses.append(float(found.detach() if isinstance(found, Tensor) else found))
        if number == min(STEPS, steps):
            cpu = time.process_time() - before
    hints = parts.get("hints") or {}
    return Run(
        first=losses[0],
        middle=statistics.median(losses[:STEPS][-10:]),
        last=min(statistics.median(losses[-10:]), without_dropout(parts, batch)),
        floor=float(hints.get("floor", FLOORS.get(function.__name__, 0.0))),
        hints=hints,
        cpu=cpu,
    )


def without_dropout(parts: dict[str, Any], batch: Any) -> float:
    """The loss in eval mode, where the parts of a plain loop tell how to get it."""
    if "train_step" in parts:
        return float("inf")
    parts["model"].eval()
    try:
        return float(loss_of(parts["model"], parts["loss_fn"], copy.deepcopy(batch)).detach())
    except (TypeError, AttributeError):  # such as a detector, which has no losses then
        return float("inf")


def seeded(seed: int) -> None:
    random.seed(seed)
    torch.manual_seed(seed)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(seed)


def named(returned: Any) -> dict[str, Any]:
    if isinstance(returned, tuple):
        return dict(zip(("model", "loss_fn", "optimizer", "data"), returned))
    if isinstance(returned, Mapping):
        return dict(returned)
    names = dir(returned)
    return {name: getattr(returned, name) for name in names if not name.startswith("_")}


def first(data: Any) -> Any:
    is_batch = isinstance(data, (Tensor, Mapping, tuple))
    batch = data if is_batch else next(iter(data))
    return tuple(batch) if isinstance(batch, list) else batch


def step_of(parts: dict[str, Any]) -> Callable[[Any], float]:
    optimizers = several(parts["optimizer"]) + several(parts.get("extra_optimizers"))
    schedulers = several(parts.get("scheduler"))

    def step(batch: Any) -> float:
        def closure() -> Tensor:
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss: Tensor = loss_of(parts["model"], parts["loss_fn"], batch)
            loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
            return loss

        if isinstance(optimizers[0], torch.optim.LBFGS):
            lbfgs: Any = optimizers[0]
            return float(lbfgs.step(closure))
        loss = closure()
        for optimizer in optimizers:
            optimizer.step()
        scheduled(schedulers, float(loss.detach()))
        return float(loss.detach())

    return step


def several(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def loss_of(model: Any, loss_fn: Any, batch: Any) -> Any:
    is_pair = isinstance(batch, tuple) and len(batch) == 2
    takes_model = "model" in list(inspect.signature(loss_fn).parameters)[:1]
    if takes_model or not is_pair:
        return loss_fn(model, batch)
    inputs, target = batch
    if isinstance(inputs, tuple):
        return loss_fn(model(*inputs), target)
    return loss_fn(model(**inputs) if isinstance(inputs, Mapping) else model(inputs), target)


def scheduled(schedulers: list[Any], loss: float) -> None:
    """Warm-up only: on one batch, a schedule made for epochs would put the training out."""
    for scheduler in list(schedulers):
        groups = scheduler.optimizer.param_groups
        before = [group["lr"] for group in groups]
        scheduler.step(*([loss] if isinstance(scheduler, ReduceLROnPlateau) else []))
        if any(group["lr"] < lr for group, lr in zip(groups, before)):
            schedulers.remove(scheduler)
            for group, lr in zip(groups, before):
                group["lr"] = lr
