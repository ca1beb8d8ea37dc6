"""One training step on the batch, the user's own or ours; and the loss in eval mode."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import Tensor

from smokealarm.errors import FatalError
from smokealarm.memorize.batch import fresh
from smokealarm.memorize.setup import Setup

Step = Callable[[Any], float]  # a step on this very batch


class Detached(Exception):
    """Nothing that can be trained hangs on the loss."""


def train_step(setup: Setup) -> Step:
    """A step of the user's own loop, or of the plainest loop there is."""
    if setup.train_step is not None:
        own = setup.train_step
        return lambda batch: _number(own(batch), "train_step")
    schedulers = list(setup.schedulers)

    def step(batch: Any) -> float:
        loss = _closure_step(setup, batch) if _wants_closure(setup) else _plain_step(setup, batch)
        schedule(schedulers, loss)
        return loss

    return step


def _plain_step(setup: Setup, batch: Any) -> float:
    for optimizer in setup.optimizers:
        optimizer.zero_grad()
    loss = _attached(loss_of(setup, batch))
    loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
    for optimizer in setup.optimizers:
        optimizer.step()
    return float(loss.detach())


def _closure_step(setup: Setup, batch: Any) -> float:
    def closure() -> Tensor:
        for optimizer in setup.optimizers:
            optimizer.zero_grad()
        loss = _attached(loss_of(setup, batch))
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        return loss

    return [_number(optimizer.step(closure), "closure") for optimizer in setup.optimizers][0]


def _wants_closure(setup: Setup) -> bool:
    """LBFGS and its like, whose step cannot be called without one."""
    parameter = inspect.signature(setup.optimizers[0].step).parameters.get("closure")
    is_lbfgs = isinstance(setup.optimizers[0], torch.optim.LBFGS)
    return is_lbfgs or (parameter is not None and parameter.default is parameter.empty)


def loss_of(setup: Setup, batch: Any) -> Tensor:
    """The loss of the batch, in the mode that the model is in. Only where `setup.loss` is known."""
    assert setup.loss is not None
    loss = setup.loss(batch)
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        shape = f" of shape {tuple(loss.shape)}" if isinstance(loss, Tensor) else ""
        kind = type(loss).__name__
        raise FatalError(
            f"loss_fn returned a {kind}{shape}, not one number",
            "Return a tensor with one element: take the mean over the batch.",
        )
    return loss


def _attached(loss: Tensor) -> Tensor:
    if not loss.requires_grad:
        raise Detached
    return loss


def _number(loss: Any, whose: str) -> float:
    """The loss as a float: of a tensor, a number, or a dict with a `loss`."""
    if isinstance(loss, Mapping):
        loss = loss.get("loss")
    try:
        return float(loss.detach() if isinstance(loss, Tensor) else loss)
    except (TypeError, ValueError, RuntimeError):
        raise FatalError(
            f"{whose} returned a {type(loss).__name__}, not the loss",
            "End it with `return loss`: a tensor with one element, or a float.",
        ) from None


def schedule(schedulers: list[Any], loss: float) -> None:
    """Let the learning rate warm up, and hold it where it would begin to fall.

    Whether a scheduler counts steps or epochs is not known here; one that counts epochs would have
    put out the training after a few dozen steps.
    """
    for scheduler in list(schedulers):
        groups = scheduler.optimizer.param_groups
        before = [float(group["lr"]) for group in groups]
        try:
            if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
                scheduler.step(loss)
            else:
                scheduler.step()
        except ValueError:  # OneCycleLR at its end, where we train longer than it was made for
            schedulers.remove(scheduler)
            continue
        if any(float(group["lr"]) < lr for group, lr in zip(groups, before)):
            schedulers.remove(scheduler)
            _restore(groups, before)


def _restore(groups: list[dict[str, Any]], rates: list[float]) -> None:
    for group, rate in zip(groups, rates):
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def eval_loss(setup: Setup) -> float | None:
    """The loss in eval mode, if there is a way to tell. Random numbers are left as they were."""
    if setup.eval_step is None and setup.train_step is not None:
        return None
    with in_eval_mode(setup):
        if setup.eval_step is not None:
            found = setup.eval_step(fresh(setup.batch))
            with suppress(FatalError):  # it may return something else than a loss
                return _number(found, "eval_step")
            return None
        with suppress(Exception):  # detectors, for one, have no loss in eval mode
            return float(loss_of(setup, fresh(setup.batch)))
    return None


@contextmanager
def in_eval_mode(setup: Setup) -> Iterator[None]:
    modules = [each for module in setup.modules.values() for each in module.modules()]
    modes = [module.training for module in modules]
    try:
        with torch.no_grad(), torch.random.fork_rng():
            for module in setup.modules.values():
                module.eval()
            yield
    finally:
        for module, training in zip(modules, modes):
            module.training = training
