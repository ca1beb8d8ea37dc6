"""Around Lightning's loop: who listens to it, and what it is kept from saying."""

from __future__ import annotations

import functools
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from smokealarm.memorize.forms.kinds import imported
from smokealarm.memorize.step import Detached


def listener(package: str, losses: list[Tensor]) -> Any:
    """A callback that notes what backward is called with, and what the step returns."""

    def noted(self: Any, trainer: Any, module: Any, loss: Tensor) -> None:
        if not loss.requires_grad:
            raise Detached
        losses.append(loss.detach())

    def ended(self: Any, trainer: Any, module: Any, outputs: Any, batch: Any, index: int) -> None:
        self.output = outputs or {}

    hooks = {"on_before_backward": noted, "on_train_batch_end": ended, "output": {}}
    return type("Listener", (imported(package).Callback,), hooks)()


def unwrapped(optimizer: Any) -> Any:
    return getattr(optimizer, "_optimizer", optimizer)


def close_first(optimizer: Any) -> None:
    """Call the closure that Lightning hands to an optimizer before its step, and not within.

    For torch's optimizers but LBFGS it is the same, and whoever looks at the gradients when the
    step begins sees them.
    """
    if not type(optimizer).__module__.startswith("torch.optim"):
        return
    if isinstance(optimizer, torch.optim.LBFGS):
        return
    own: Callable[..., Any] = optimizer.step

    @functools.wraps(own)
    def step(closure: Callable[[], Any] | None = None, **kwargs: Any) -> Any:
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        own(**kwargs)
        return loss

    optimizer.step = step


@contextmanager
def muted(module: Any) -> Iterator[None]:
    """Outside of the loop there is nobody to log to."""
    for name in ("log", "log_dict"):
        setattr(module, name, lambda *args, **kwargs: None)
    try:
        yield
    finally:
        for name in ("log", "log_dict"):
            delattr(module, name)


@contextmanager
def silence(package: str) -> Iterator[None]:
    """Lightning's advice on workers, devices and the like is not about our one batch."""
    logger = logging.getLogger(package)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=rf"{package.partition('.')[0]}.*")
            yield
    finally:
        logger.setLevel(level)
