"""Faults of the optimizer: what it holds, and what it was set to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from smokealarm.memorize.faults.planting import (
    Unfit,
    groups,
    held,
    last,
    layers,
    optimizers,
    stepping,
)
from smokealarm.memorize.setup import Setup


def optimizer_of_a_copy(setup: Setup) -> Setup:
    """The optimizer was made for a deep copy of the model."""
    for group in _open(setup):
        group["params"] = [_twin(parameter) for parameter in group["params"]]
    return setup


def every_second_parameter_left_out(setup: Setup) -> Setup:
    """The optimizer holds half of the parameters: a generator was used up in part."""
    places = {id(p): place for place, (_, p) in enumerate(setup.parameters())}
    return _kept(setup, lambda parameter: places.get(id(parameter), 0) % 2 == 0)


def last_layer_left_out(setup: Setup) -> Setup:
    """The optimizer was given the body of the model, and not its head."""
    own = {id(parameter) for parameter in last(setup).parameters()}
    return _kept(setup, lambda parameter: id(parameter) not in own)


def first_layer_left_out(setup: Setup) -> Setup:
    """The optimizer does not hold the first layer."""
    own = {id(parameter) for parameter in layers(setup)[0].parameters()}
    return _kept(setup, lambda parameter: id(parameter) not in own)


def biases_left_out(setup: Setup) -> Setup:
    """The group without weight decay, of biases and norms, was never given to the optimizer."""
    return _kept(setup, lambda parameter: parameter.dim() > 1)


def head_only(setup: Setup) -> Setup:
    """The optimizer holds the last layer, where all of the model was meant.

    To train a head on a body is usual: it can be warned of and not be known.
    """
    own = {id(parameter) for parameter in last(setup).parameters()}
    return _kept(setup, lambda parameter: id(parameter) in own)


def layer_replaced_after_the_optimizer(setup: Setup) -> Setup:
    """The last layer got new parameters after the optimizer had been made."""
    return _renewed(setup, last(setup))


def parameters_made_anew_in_the_first_layer(setup: Setup) -> Setup:
    """A weight was assigned as a new nn.Parameter after the optimizer had been made."""
    return _renewed(setup, layers(setup)[0])


def learning_rate_zero(setup: Setup) -> Setup:
    """The learning rate is zero."""
    return _set(setup, "lr", lambda lr: lr * 0.0)


def learning_rate_negative(setup: Setup) -> Setup:
    """The learning rate has a minus sign."""
    return _set(setup, "lr", lambda lr: -lr)


def learning_rate_far_too_small(setup: Setup) -> Setup:
    """The learning rate is a hundred-thousandth of the right one."""
    return _set(setup, "lr", lambda lr: lr * 1e-5)


def learning_rate_far_too_large(setup: Setup) -> Setup:
    """The learning rate is ten thousand times the right one."""
    return _set(setup, "lr", lambda lr: lr * 1e4)


def learning_rate_too_small(setup: Setup) -> Setup:
    """The learning rate is a hundredth of the right one.

    One batch shows it where the steps are too few for it.
    """
    return _set(setup, "lr", lambda lr: lr * 1e-2)


def weight_decay_huge(setup: Setup) -> Setup:
    """The weight decay is 50: typed for 5e-2."""
    return _set(setup, "weight_decay", lambda decay: 50.0)


def momentum_above_one(setup: Setup) -> Setup:
    """The momentum is 1.05: old gradients grow."""
    return _set(setup, "momentum", lambda momentum: 1.05)


def maximize(setup: Setup) -> Setup:
    """The optimizer maximizes."""
    return _set(setup, "maximize", lambda chosen: not chosen)


def betas_swapped(setup: Setup) -> Setup:
    """The two betas of Adam are swapped."""
    return _set(setup, "betas", lambda betas: tuple(reversed(betas)))


def epsilon_huge(setup: Setup) -> Setup:
    """Adam's epsilon is 100: the step hardly moves."""
    return _set(setup, "eps", lambda eps: 100.0)


def state_lost_at_every_step(setup: Setup) -> Setup:
    """A new optimizer is made in every step, so that its momentum is always gone."""
    if all(not group.get("momentum", 1) for group in groups(setup)):
        raise Unfit("the optimizer keeps nothing from step to step")
    return stepping(setup, before=lambda optimizer: optimizer.state.clear())


def steps_too_rare(setup: Setup) -> Setup:
    """The counter for accumulation counts batches of an epoch: one step in fifty is made.

    Accumulation over fifty batches looks the same; one batch shows it where so few steps do not do.
    """
    for optimizer in optimizers(setup):
        _now_and_then(optimizer)
    return setup


def _now_and_then(optimizer: Any) -> None:
    step, calls = optimizer.step, iter(range(10**9))
    optimizer.step = lambda *args, **kwargs: (
        step(*args, **kwargs) if next(calls) % 50 == 49 else None
    )


def _open(setup: Setup) -> list[dict[str, Any]]:
    """The groups, where what the optimizer holds can still be changed."""
    if any(isinstance(optimizer, torch.optim.LBFGS) for optimizer in optimizers(setup)):
        raise Unfit("LBFGS keeps a list of its own")
    return groups(setup, "params")


def _kept(setup: Setup, keeps: Callable[[nn.Parameter], bool]) -> Setup:
    found = _open(setup)
    before = sum(len(group["params"]) for group in found)
    for group in found:
        group["params"] = [each for each in group["params"] if keeps(each)]
    if sum(len(group["params"]) for group in found) == before:
        raise Unfit("the optimizer holds no such parameter as would be left out")
    return setup


def _renewed(setup: Setup, layer: nn.Module) -> Setup:
    own = [(name, p) for name, p in layer.named_parameters(recurse=False) if p.requires_grad]
    known = {id(parameter) for optimizer in optimizers(setup) for parameter in held(optimizer)}
    if not any(id(parameter) in known for _, parameter in own):
        raise Unfit("the layer is not trained")
    for name, parameter in own:
        setattr(layer, name, _twin(parameter))
    return setup


def _twin(parameter: nn.Parameter) -> nn.Parameter:
    return nn.Parameter(parameter.detach().clone(), parameter.requires_grad)


def _set(setup: Setup, key: str, change: Callable[[Any], Any]) -> Setup:
    for group in groups(setup, key):
        group[key] = change(group[key])
    for scheduler in setup.schedulers:
        if key == "lr" and hasattr(scheduler, "base_lrs"):
            scheduler.base_lrs = [change(lr) for lr in scheduler.base_lrs]
    return setup


FAULTS = (
    optimizer_of_a_copy,
    every_second_parameter_left_out,
    last_layer_left_out,
    first_layer_left_out,
    biases_left_out,
    head_only,
    layer_replaced_after_the_optimizer,
    parameters_made_anew_in_the_first_layer,
    learning_rate_zero,
    learning_rate_negative,
    learning_rate_far_too_small,
    learning_rate_far_too_large,
    learning_rate_too_small,
    weight_decay_huge,
    momentum_above_one,
    maximize,
    betas_swapped,
    epsilon_huge,
    state_lost_at_every_step,
    steps_too_rare,
)
