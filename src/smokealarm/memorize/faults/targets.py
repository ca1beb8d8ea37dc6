"""Faults at the call of the loss: the targets that it is given, and how it is told to weigh them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from smokealarm.memorize.faults.losses import CROSS_ENTROPY, DISTANCES, LOGITS, LOSSES
from smokealarm.memorize.faults.planting import Call, Unfit, calling
from smokealarm.memorize.setup import Setup


def first_sample_only(setup: Setup) -> Setup:
    """The loss sees the first sample of the batch alone."""

    def edit(call: Call, outputs: Tensor, target: Tensor, *args: Any, **kwargs: Any) -> Any:
        if len(outputs) != len(target) or len(outputs) < 2:
            raise Unfit("its loss has no dimension of samples")
        return call(outputs[:1], target[:1], *args, **kwargs)

    return calling(setup, edit, (*CROSS_ENTROPY, *LOGITS, *DISTANCES), "loss of torch's")


def one_target_for_all(setup: Setup) -> Setup:
    """Every sample is compared with the target of the first.

    One class for all is learnt at once, and losses of one class are usual (in-batch negatives, MoCo).
    """
    return _aimed(setup, lambda target: target[:1].expand_as(target))


def targets_shuffled_in_the_loss(setup: Setup) -> Setup:
    """The targets are shuffled against the outputs each time that the loss is computed."""
    return _aimed(setup, lambda target: target[torch.randperm(len(target))])


def labels_begin_at_one(setup: Setup) -> Setup:
    """The class numbers begin at one: the last class is out of range."""

    def edit(call: Call, outputs: Tensor, target: Tensor, *args: Any, **kwargs: Any) -> Any:
        if target.is_floating_point():
            raise Unfit("the targets are no class numbers")
        return call(outputs, target + outputs.shape[1] - target.max(), *args, **kwargs)

    return calling(setup, edit, CROSS_ENTROPY, "cross_entropy")


def every_target_ignored(setup: Setup) -> Setup:
    """Every target has the number that is ignored: the loss is a mean of nothing."""
    return _aimed(setup, lambda target: torch.full_like(target, -100), CROSS_ENTROPY)


def most_targets_ignored(setup: Setup) -> Setup:
    """All targets but the first have the number that is ignored."""

    def edit(target: Tensor) -> Tensor:
        numbers = torch.arange(target.numel(), device=target.device).view_as(target)
        return torch.where(numbers == 0, target, torch.full_like(target, -100))

    return _aimed(setup, edit, CROSS_ENTROPY)


def class_weights_of_zero(setup: Setup) -> Setup:
    """The weight of every class but one is zero."""

    def edit(call: Call, outputs: Tensor, target: Tensor, *args: Any, **kwargs: Any) -> Any:
        if target.is_floating_point() or args:
            raise Unfit("the targets are no class numbers")
        weight = torch.zeros(outputs.shape[1], dtype=outputs.dtype, device=outputs.device)
        weight[target.flatten()[0].clamp(min=0)] = 1.0
        return call(outputs, target, **{**kwargs, "weight": weight})

    return calling(setup, edit, CROSS_ENTROPY, "cross_entropy")


def label_smoothing_of_nine_tenths(setup: Setup) -> Setup:
    """The labels are smoothed by 0.9: typed for 0.1, or for the share that is kept."""

    def edit(call: Call, *args: Any, **kwargs: Any) -> Any:
        return call(*args, **{**kwargs, "label_smoothing": 0.9})

    return calling(setup, edit, CROSS_ENTROPY, "cross_entropy")


def _aimed(
    setup: Setup, change: Callable[[Tensor], Tensor], functions: tuple[Call, ...] = LOSSES
) -> Setup:
    def edit(call: Call, outputs: Tensor, target: Tensor, *args: Any, **kwargs: Any) -> Any:
        if target.is_floating_point() and functions is CROSS_ENTROPY:
            raise Unfit("the targets are no class numbers")
        return call(outputs, change(target), *args, **kwargs)

    return calling(setup, edit, functions, " or ".join(sorted(each.__name__ for each in functions)))


FAULTS = (
    first_sample_only,
    one_target_for_all,
    targets_shuffled_in_the_loss,
    labels_begin_at_one,
    every_target_ignored,
    most_targets_ignored,
    class_weights_of_zero,
    label_smoothing_of_nine_tenths,
)
