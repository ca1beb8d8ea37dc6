"""Faults of the model: what is left out or put in between its layers, and at its end."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from smokealarm.memorize.faults.planting import (
    Edit,
    Unfit,
    edit_output,
    edit_outputs,
    hidden,
    layers,
    modules,
)
from smokealarm.memorize.setup import Setup

ACTIVATIONS = (nn.ReLU, nn.LeakyReLU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid, nn.ELU, nn.ReLU6)


def dead_units(setup: Setup) -> Setup:
    """A bias of -100 before a ReLU: the hidden layer is dead from the beginning."""
    layer = hidden(setup)
    edit_output(layer, lambda output: (output - 100).relu())
    return setup


def non_linearity_missing(setup: Setup) -> Setup:
    """All activations were left out: the layers are one linear map.

    A linear model learns a small batch by heart; only linear layers in a row can be seen.
    """
    activations = modules(setup, *ACTIVATIONS, called="activation that is a module")
    for parent in modules(setup, nn.Module, called="module"):
        for name, child in list(parent.named_children()):
            if child in activations:
                setattr(parent, name, nn.Identity())
    return setup


def hidden_layer_saturated(setup: Setup) -> Setup:
    """A hidden layer is squashed by a tanh whose inputs are a thousand times too large."""
    return _after_hidden(setup, lambda output: torch.tanh(output * 1000))


def softmax_in_the_middle(setup: Setup) -> Setup:
    """A softmax stands after a hidden layer.

    Attention is a softmax in the middle: one batch shows it only where it cannot be learnt.
    """
    return _after_hidden(setup, lambda output: output.softmax(-1))


def softmax_at_the_end(setup: Setup) -> Setup:
    """The model ends in a softmax that its loss does not expect."""
    return edit_outputs(setup, lambda output: output.softmax(1 if output.dim() > 1 else 0))


def relu_at_the_end(setup: Setup) -> Setup:
    """The model ends in a ReLU: what should be negative is zero."""
    return edit_outputs(setup, torch.relu)


def outputs_clamped(setup: Setup) -> Setup:
    """The outputs are clamped to 0.01, outside of which there is no gradient."""
    return edit_outputs(setup, lambda output: output.clamp(-0.01, 0.01))


def outputs_scaled_up(setup: Setup) -> Setup:
    """A temperature is multiplied with where it should divide: outputs are a thousand times too large."""
    return edit_outputs(setup, lambda output: output * 1000)


def inputs_lost_in_the_model(setup: Setup) -> Setup:
    """The first layer's result does not depend on its input: another variable was meant."""
    edit_output(layers(setup)[0], lambda output: output * 0 + 1)
    return setup


def samples_averaged_in_the_model(setup: Setup) -> Setup:
    """The mean over the wrong dimension: all samples go on as their average."""
    return _after_hidden(setup, lambda output: output.mean(0, keepdim=True).expand_as(output))


def normalised_over_the_batch(setup: Setup) -> Setup:
    """A hand-written norm takes mean and spread over the batch, not over the features."""
    return _after_hidden(setup, _over_the_batch)


def _over_the_batch(output: Tensor) -> Tensor:
    return (output - output.mean(0)) / (output.std(0, unbiased=False) + 1e-5)


def batch_and_time_confused(setup: Setup) -> Setup:
    """A reshape between the layers confuses the batch with the dimension after it."""

    def confused(output: Tensor) -> Tensor:
        if output.dim() < 2 or min(output.shape[:2]) < 2:
            raise Unfit("its layers have one dimension")
        return output.transpose(0, 1).reshape(output.shape)

    return _after_hidden(setup, confused)


def features_collapsed(setup: Setup) -> Setup:
    """All features of a hidden layer are their mean: it is one number wide.

    A narrow middle may be meant: one batch shows it only where it cannot be learnt.
    """
    return _after_hidden(setup, lambda output: output.mean(-1, keepdim=True).expand_as(output))


def hidden_layer_times_zero(setup: Setup) -> Setup:
    """A hidden layer's result is multiplied by zero, a switch of an experiment."""
    return _after_hidden(setup, lambda output: output * 0.0)


def half_of_the_features_lost(setup: Setup) -> Setup:
    """A wrong slice: the second half of a hidden layer's features is never used.

    A wide layer learns one batch with half of its features.
    """

    def cut(output: Tensor) -> Tensor:
        mask = torch.arange(output.shape[-1], device=output.device) < output.shape[-1] // 2
        return output * mask

    return _after_hidden(setup, cut)


def _after_hidden(setup: Setup, edit: Edit) -> Setup:
    edit_output(hidden(setup), edit)
    return setup


FAULTS = (
    dead_units,
    non_linearity_missing,
    hidden_layer_saturated,
    softmax_in_the_middle,
    softmax_at_the_end,
    relu_at_the_end,
    outputs_clamped,
    outputs_scaled_up,
    inputs_lost_in_the_model,
    samples_averaged_in_the_model,
    normalised_over_the_batch,
    batch_and_time_confused,
    features_collapsed,
    hidden_layer_times_zero,
    half_of_the_features_lost,
)
