"""Faults of the data: what is in the batch, and what happens to it on its way into the step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from smokealarm.memorize.faults.batches import (
    at_every_step,
    edited,
    first_for_all,
    first_is,
    floats,
    inputs_of,
    need_numbers,
    noise,
    shuffled,
    targets_of,
    with_inputs,
    with_targets,
)
from smokealarm.memorize.faults.planting import Unfit
from smokealarm.memorize.setup import Setup


def labels_shuffled_at_every_step(setup: Setup) -> Setup:
    """The targets are shuffled against the inputs in every step."""
    targets_of(setup)
    return at_every_step(setup, lambda batch: with_targets(batch, shuffled))


def inputs_new_noise_at_every_step(setup: Setup) -> Setup:
    """The augmentation leaves nothing of the inputs but noise."""
    need_numbers(setup)
    return at_every_step(setup, lambda batch: with_inputs(batch, noise))


def labels_shuffled_at_every_draw(setup: Setup) -> Setup:
    """Each time that the data is read, the targets belong to other inputs."""
    targets_of(setup)
    return edited(setup, lambda batch: with_targets(batch, shuffled))


def labels_all_equal(setup: Setup) -> Setup:
    """Every sample has the target of the first."""
    targets_of(setup)
    return edited(setup, lambda batch: with_targets(batch, first_for_all))


def targets_of_the_next_sample(setup: Setup) -> Setup:
    """The targets are off by one: each belongs to the sample after it.

    On one fixed batch any pairing can be learnt by heart: only held-out data (`generalizes`) shows it.
    """
    targets_of(setup)
    return edited(setup, lambda batch: with_targets(batch, lambda target: target.roll(1, 0)))


def inputs_all_zero(setup: Setup) -> Setup:
    """The inputs are zeros: they were allocated and never filled."""
    return edited(setup, lambda batch: with_inputs(batch, torch.zeros_like))


def the_same_sample_again(setup: Setup) -> Setup:
    """The batch holds the first sample again and again, with the targets of all."""
    targets_of(setup)
    return edited(setup, lambda batch: with_inputs(batch, first_for_all))


def inputs_not_normalised(setup: Setup) -> Setup:
    """The inputs are a thousand times too large, and far from zero."""
    need_numbers(setup)
    return edited(setup, lambda batch: with_inputs(batch, floats(lambda x: 1000 * x + 5000)))


def inputs_made_integers(setup: Setup) -> Setup:
    """The inputs were whole numbers on the way: what comes after the point is lost.

    One batch shows it only where the samples become alike; else held-out data does.
    """
    need_numbers(setup)
    return edited(setup, lambda batch: with_inputs(batch, floats(torch.trunc)))


def nan_in_an_input(setup: Setup) -> Setup:
    """One number of the inputs is missing."""
    need_numbers(setup)
    return edited(setup, lambda batch: with_inputs(batch, first_is(float("nan"))))


def missing_value_filled_with_a_huge_number(setup: Setup) -> Setup:
    """One missing number of the inputs was filled with 1e30."""
    need_numbers(setup)
    return edited(setup, lambda batch: with_inputs(batch, first_is(1e30)))


def nan_in_a_target(setup: Setup) -> Setup:
    """One target is missing."""
    if not any(target.is_floating_point() for target in targets_of(setup)):
        raise Unfit("its targets are whole numbers")
    return edited(setup, lambda batch: with_targets(batch, first_is(float("nan"))))


def targets_far_too_large(setup: Setup) -> Setup:
    """The targets are in another unit, a hundred thousand times too large."""
    if not any(target.is_floating_point() for target in targets_of(setup)):
        raise Unfit("its targets are whole numbers")
    return edited(setup, lambda batch: with_targets(batch, floats(lambda y: y * 1e5)))


def target_leaks_into_the_inputs(setup: Setup) -> Setup:
    """The first column of the inputs is the target."""
    need_numbers(setup)
    [target, *_] = targets_of(setup)
    if target.dim() != 1 and target.numel() != len(target):
        raise Unfit("its targets are no column")

    def leaked(inputs: Tensor) -> Tensor:
        if inputs.dim() != 2 or len(inputs) != len(target):
            raise Unfit("its inputs are no table")
        inputs = inputs.clone()
        inputs[:, 0] = target.flatten().to(inputs.dtype)
        return inputs

    return edited(setup, lambda batch: with_inputs(batch, floats(leaked)))


def targets_are_the_inputs(setup: Setup) -> Setup:
    """The targets were not shifted: the model is asked for the token that it is given."""
    batch = setup.batch
    alike = isinstance(batch, tuple) and len(batch) == 2
    if not alike or not all(isinstance(each, Tensor) for each in batch):
        raise Unfit("its batch is no pair of tensors")
    if batch[0].shape != batch[1].shape or batch[0].dtype != batch[1].dtype:
        raise Unfit("its targets are not shaped like its inputs")
    if torch.equal(*batch):
        raise Unfit("its targets are the inputs on purpose")
    return edited(setup, lambda batch: (batch[0], batch[0].clone()))


def samples_mixed_by_a_reshape(setup: Setup) -> Setup:
    """reshape stands where a transpose was meant: each input is made of several samples.

    One fixed batch is learnt all the same: only held-out data (`generalizes`) shows it.
    """

    def mixed(inputs: Tensor) -> Tensor:
        if inputs.dim() < 2 or min(inputs.shape[:2]) < 2:
            return inputs
        return inputs.transpose(0, 1).reshape(inputs.shape)

    if all(torch.equal(mixed(each), each) for each in inputs_of(setup)):
        raise Unfit("its inputs have one dimension")
    return edited(setup, lambda batch: with_inputs(batch, mixed))


def augmented_in_place(setup: Setup) -> Setup:
    """The augmentation writes into the data itself, so that it adds up over the steps."""
    inputs = [each for each in inputs_of(setup) if each.is_floating_point()]
    if not inputs:
        raise Unfit("its inputs are whole numbers")

    def drift(batch: Any) -> Any:
        for each in inputs:
            each.mul_(1.05).add_(0.05)
        return batch

    return at_every_step(setup, drift)


def targets_overwritten_under_way(setup: Setup) -> Setup:
    """The step writes into the targets of its batch before it uses them."""
    targets_of(setup)

    def overwrite(batch: Any) -> Any:
        with_targets(batch, lambda target: target.copy_(first_for_all(target).clone()))
        return batch

    return at_every_step(setup, overwrite)


FAULTS = (
    labels_shuffled_at_every_step,
    inputs_new_noise_at_every_step,
    labels_shuffled_at_every_draw,
    labels_all_equal,
    targets_of_the_next_sample,
    inputs_all_zero,
    the_same_sample_again,
    inputs_not_normalised,
    inputs_made_integers,
    nan_in_an_input,
    missing_value_filled_with_a_huge_number,
    nan_in_a_target,
    targets_far_too_large,
    target_leaks_into_the_inputs,
    targets_are_the_inputs,
    samples_mixed_by_a_reshape,
    augmented_in_place,
    targets_overwritten_under_way,
)
