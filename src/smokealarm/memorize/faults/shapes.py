"""Faults that crash at once: shapes, types and numbers that do not fit together."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from smokealarm.memorize.faults.planting import (
    Unfit,
    edit_outputs,
    hidden,
    last,
    layers,
    modules,
)
from smokealarm.memorize.setup import Setup


def first_layer_too_wide(setup: Setup) -> Setup:
    """The first layer expects one feature more than the inputs have."""
    return _widened(setup, 0)


def layers_do_not_fit(setup: Setup) -> Setup:
    """The last layer expects more features than the one before it gives."""
    return _widened(setup, -1)


def too_few_outputs(setup: Setup) -> Setup:
    """The last layer has one output only, where classes or columns need more."""
    head = last(setup, nn.Linear)
    if head.out_features < 2:
        raise Unfit("its last layer has one output")
    _cut(head, lambda weight: weight[:1])
    if head.bias is not None:
        head.bias.data = head.bias.data[:1].clone()
    head.out_features = 1
    return setup


def one_layer_in_double_precision(setup: Setup) -> Setup:
    """One layer has float64 weights and is given float32 numbers."""
    hidden(setup).double()
    return setup


def inputs_transposed(setup: Setup) -> Setup:
    """The first two dimensions of the inputs are swapped."""
    return _first_tensor(setup, lambda inputs: inputs.transpose(0, 1).contiguous())


def inputs_in_double_precision(setup: Setup) -> Setup:
    """The inputs are float64, as numpy makes them."""
    return _first_tensor(setup, lambda inputs: inputs.double())


def tokens_beyond_the_vocabulary(setup: Setup) -> Setup:
    """A token is larger than the embedding's table."""
    tables = modules(setup, nn.Embedding, nn.EmbeddingBag, called="embedding")
    rows = max(table.num_embeddings for table in tables)

    def beyond(module: nn.Module, args: Any) -> Any:
        return (torch.where(args[0] == args[0].max(), rows, args[0]), *args[1:])

    for table in tables:
        table.register_forward_pre_hook(beyond)
    return setup


def dimension_dropped_from_the_outputs(setup: Setup) -> Setup:
    """The outputs are summed over their last dimension by mistake."""
    return edit_outputs(setup, lambda output: output.sum(-1))


def _widened(setup: Setup, index: int) -> Setup:
    layer = layers(setup)[index]
    if not isinstance(layer, nn.Linear):
        raise Unfit(f"the layer is a {type(layer).__name__}")
    _cut(layer, lambda weight: torch.cat([weight, weight[:, :1]], 1))
    layer.in_features += 1
    return setup


def _cut(layer: nn.Linear, change: Any) -> None:
    layer.weight.data = change(layer.weight.data).clone()


def _first_tensor(setup: Setup, change: Any) -> Setup:
    batch = setup.batch
    if type(batch) is not tuple or not isinstance(batch[0], Tensor) or batch[0].dim() < 2:
        raise Unfit("its batch begins with no tensor of two dimensions")
    if not batch[0].is_floating_point():
        raise Unfit("its inputs are whole numbers")
    changed = change(batch[0])
    if changed.shape == batch[0].shape and changed.dtype == batch[0].dtype:
        raise Unfit("its inputs have as many rows as columns")
    return setup._replace(batch=(changed, *batch[1:]), data=[(changed, *batch[1:])])


FAULTS = (
    first_layer_too_wide,
    layers_do_not_fit,
    too_few_outputs,
    one_layer_in_double_precision,
    inputs_transposed,
    inputs_in_double_precision,
    tokens_beyond_the_vocabulary,
    dimension_dropped_from_the_outputs,
)
