"""Faults of single layers: how they begin, and how they are set."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from smokealarm.memorize.faults.planting import (
    Edit,
    Unfit,
    edit_output,
    hidden,
    last,
    layers,
    modules,
)
from smokealarm.memorize.setup import Setup


def weights_all_zero(setup: Setup) -> Setup:
    """Every weight begins at zero."""
    return _begun(setup, lambda weight: weight * 0)


def weights_all_equal(setup: Setup) -> Setup:
    """Every weight begins at 0.01: all units of a layer stay the same."""
    return _begun(setup, lambda weight: torch.full_like(weight, 0.01))


def weights_far_too_large(setup: Setup) -> Setup:
    """The initial weights are a hundred times too large."""
    return _begun(setup, lambda weight: weight * 100)


def weights_far_too_small(setup: Setup) -> Setup:
    """The initial weights are a ten-thousandth of what they should be: signals vanish."""
    return _begun(setup, lambda weight: weight * 1e-4)


def everything_dropped_out(setup: Setup) -> Setup:
    """Dropout with p=1.0: nothing comes through a hidden layer while it trains."""
    return _dropped(setup, 1.0)


def nearly_everything_dropped_out(setup: Setup) -> Setup:
    """Dropout with p=0.95, where 0.95 was the share to keep."""
    return _dropped(setup, 0.95)


def _dropped(setup: Setup, share: float) -> Setup:
    layer = hidden(setup)
    edit_output(layer, lambda output: F.dropout(output, share, layer.training))
    return setup


def sequence_layer_takes_time_for_batch(setup: Setup) -> Setup:
    """batch_first is wrong: the layer takes the samples for the steps of one sequence."""
    sequential = (nn.RNNBase, nn.MultiheadAttention)
    for layer in modules(setup, *sequential, called="recurrent or attention layer"):
        layer.batch_first = not layer.batch_first
    return setup


def batch_norm_in_eval_mode(setup: Setup) -> Setup:
    """Batch-norm is held in eval mode: it uses the statistics that it began with.

    To fine-tune so is usual, and frozen statistics of ones and zeros stand in for pretrained ones.
    """
    for norm in modules(setup, _BatchNorm, called="batch-norm"):
        norm.train = _stay(norm)
        norm.training = False
    return setup


def _stay(norm: nn.Module) -> Callable[..., nn.Module]:
    return lambda mode=True: norm


def batch_norm_never_updated(setup: Setup) -> Setup:
    """Batch-norm with momentum 0: in eval mode it uses the statistics that it began with."""
    for norm in modules(setup, _BatchNorm, called="batch-norm"):
        norm.momentum = 0.0
    return setup


def batch_norm_keeps_no_statistics(setup: Setup) -> Setup:
    """Batch-norm without running statistics: in eval mode too, samples depend on their batch.

    Some models are meant to be so (style transfer, meta-learning).
    """
    for norm in modules(setup, _BatchNorm, called="batch-norm"):
        norm.track_running_stats = False
        norm.running_mean = norm.running_var = None
    return setup


def bias_of_the_last_layer_far_off(setup: Setup) -> Setup:
    """The last bias begins at 100 for the first output."""
    bias = getattr(last(setup), "bias", None)
    if not isinstance(bias, Tensor):
        raise Unfit("its last layer has no bias")
    with torch.no_grad():
        bias.view(-1)[:1] += 100
    return setup


def _begun(setup: Setup, change: Edit) -> Setup:
    with torch.no_grad():
        for layer in layers(setup):
            for parameter in layer.parameters(recurse=False):
                if parameter.dim() > 1 and parameter.is_floating_point():
                    parameter.copy_(change(parameter))
    return setup


FAULTS = (
    weights_all_zero,
    weights_all_equal,
    weights_far_too_large,
    weights_far_too_small,
    everything_dropped_out,
    nearly_everything_dropped_out,
    sequence_layer_takes_time_for_batch,
    batch_norm_in_eval_mode,
    batch_norm_never_updated,
    batch_norm_keeps_no_statistics,
    bias_of_the_last_layer_far_off,
)
