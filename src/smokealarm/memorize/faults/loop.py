"""Faults of the loop: the order of the calls, what is forgotten in it, and the learning rate's course."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from smokealarm.memorize.batch import size
from smokealarm.memorize.faults.planting import (
    Call,
    Unfit,
    calling,
    gradients,
    groups,
    held,
    optimizers,
    own_loop,
    replace,
    stepping,
)
from smokealarm.memorize.setup import Setup

BACKWARD = (Tensor.backward, torch.autograd.backward)


def zero_grad_between_backward_and_step(setup: Setup) -> Setup:
    """zero_grad is called after backward and before step: there is nothing left to step with."""
    return stepping(own_loop(setup), before=lambda optimizer: optimizer.zero_grad())


def zero_grad_forgotten(setup: Setup) -> Setup:
    """Nothing ever calls zero_grad: the gradients of all steps pile up."""
    setup = own_loop(setup)
    for owner in (*optimizers(setup), *setup.modules.values()):
        replace(owner, "zero_grad", lambda original: lambda *args, **kwargs: None)
    return setup


def step_forgotten(setup: Setup) -> Setup:
    """optimizer.step() is never called."""
    setup = own_loop(setup)
    for optimizer in optimizers(setup):
        replace(optimizer, "step", lambda original: lambda *args, **kwargs: None)
    return setup


def step_of_the_second_optimizer_forgotten(setup: Setup) -> Setup:
    """Of several optimizers, only the first makes a step."""
    setup = own_loop(setup)
    if len(optimizers(setup)) < 2:
        raise Unfit("the program has one optimizer only")
    replace(optimizers(setup)[1], "step", lambda original: lambda *args, **kwargs: None)
    return setup


def backward_forgotten(setup: Setup) -> Setup:
    """loss.backward() is never called."""
    return calling(own_loop(setup), lambda call, *args, **kwargs: None, BACKWARD, "backward")


def step_before_backward(setup: Setup) -> Setup:
    """The optimizer steps before backward: zero_grad, step, backward."""
    setup = own_loop(setup)
    steps: list[Call] = []

    def early(call: Call, *args: Any, **kwargs: Any) -> Any:
        for step in steps:
            step()
        return call(*args, **kwargs)

    planted = calling(setup, early, BACKWARD, "backward")
    for optimizer in optimizers(setup):
        if isinstance(optimizer, torch.optim.LBFGS):
            raise Unfit("its optimizer calls backward itself")
        steps.append(optimizer.step)
        replace(optimizer, "step", lambda original: lambda *args, **kwargs: None)
    return planted


def backward_twice(setup: Setup) -> Setup:
    """backward is called twice on one loss: every gradient counts double."""

    def twice(call: Call, *args: Any, **kwargs: Any) -> None:
        call(*args, **{**kwargs, "retain_graph": True})
        call(*args, **kwargs)

    return calling(own_loop(setup), twice, BACKWARD[:1], "backward")


def loss_divided_by_the_batch_twice(setup: Setup) -> Setup:
    """A loss that is a mean already is divided by the number of samples once more.

    A loop that logs `loss * len(batch)` looks the same from outside, and Adam learns all the same.
    """
    samples = size(setup.batch)
    if not samples or samples < 2:
        raise Unfit("how many samples are in the batch cannot be told")

    def divided(call: Call, loss: Tensor, *args: Any, **kwargs: Any) -> Any:
        return call(loss / samples, *args, **kwargs)

    return calling(own_loop(setup), divided, BACKWARD[:1], "backward")


def step_twice(setup: Setup) -> Setup:
    """The optimizer makes two steps with one gradient."""
    setup = own_loop(setup)
    for optimizer in optimizers(setup):
        replace(optimizer, "step", lambda step: lambda *args, **kw: (step(*args, **kw), step())[0])
    return setup


def learning_rate_falls_to_zero(setup: Setup) -> Setup:
    """A scheduler meant for epochs is called in every step and halves the learning rate."""
    return _scheduled(own_loop(setup), 0.5)


def learning_rate_explodes(setup: Setup) -> Setup:
    """A scheduler with a factor above one raises the learning rate by half in every step."""
    return _scheduled(own_loop(setup), 1.5)


def _scheduled(setup: Setup, factor: float) -> Setup:
    found = groups(setup)

    def scheduled(optimizer: Any) -> None:
        for group in found:
            group["lr"] = min(group["lr"] * factor, 1e30)

    return stepping(setup, after=scheduled)


def gradients_clipped_to_nothing(setup: Setup) -> Setup:
    """clip_grad_norm_ is called with a maximum of 1e-6.

    Adam takes no notice of the size of its gradients: only that they are small can be seen.
    """
    clip = nn.utils.clip_grad_norm_
    return stepping(
        own_loop(setup), before=lambda optimizer: clip(list(held(optimizer)), 1e-6) and None
    )


def gradients_scaled_down(setup: Setup) -> Setup:
    """Every gradient is multiplied by one millionth before the step.

    Adam takes no notice of the size of its gradients: only that they are small can be seen.
    """
    return stepping(own_loop(setup), before=gradients(lambda gradient: gradient * 1e-6))


def unscaling_forgotten(setup: Setup) -> Setup:
    """The loss was scaled for mixed precision and the gradients are never divided by the scale."""
    return stepping(own_loop(setup), before=gradients(lambda gradient: gradient * 65_536))


def gradient_ascent(setup: Setup) -> Setup:
    """The step goes up the gradient: the minus sign stands before backward only."""
    return stepping(own_loop(setup), before=gradients(lambda gradient: -gradient))


def weights_clamped_at_every_step(setup: Setup) -> Setup:
    """Weights are clamped to 0.01 after each step, a leftover of another project."""

    def clamped(optimizer: Any) -> None:
        with torch.no_grad():
            for parameter in held(optimizer):
                parameter.clamp_(-0.01, 0.01)

    return stepping(setup, after=clamped)


FAULTS = (
    zero_grad_between_backward_and_step,
    zero_grad_forgotten,
    step_forgotten,
    step_of_the_second_optimizer_forgotten,
    backward_forgotten,
    step_before_backward,
    backward_twice,
    loss_divided_by_the_batch_twice,
    step_twice,
    learning_rate_falls_to_zero,
    learning_rate_explodes,
    gradients_clipped_to_nothing,
    gradients_scaled_down,
    unscaling_forgotten,
    gradient_ascent,
    weights_clamped_at_every_step,
)
