"""Along which dimension the samples of a batch lie in what a model is called with."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import tensors
from smokealarm.memorize.probes.hearing import Call, Given
from smokealarm.memorize.probes.outputs import Program

SEQUENCE = (
    nn.RNNBase,
    nn.RNNCellBase,
    nn.MultiheadAttention,
    nn.Conv1d,
    nn.TransformerEncoderLayer,
)


def main_input(given: Given) -> Tensor:
    """The first with more than one dimension, or else the first that has any."""
    found = [tensor for tensor in given.tensors() if tensor.dim()]
    if not found:
        raise Unasked("the model is called without any tensor")
    return next((tensor for tensor in found if tensor.dim() > 1), found[0])


def batch_dims(program: Program, call: Call) -> list[int]:
    """The dimension of the samples where it is sure, or else the two that may be meant."""
    if not any(tensor.dim() for tensor in call.given.tensors()):
        return []
    inputs = main_input(call.given)
    if inputs.dim() == 1 and any(isinstance(each, SEQUENCE) for each in call.module.modules()):
        return []  # one sequence, and its places are no samples
    sizes = tuple(inputs.shape[:2])
    if len(sizes) == 2 and (known := _known(program, inputs)) is not None:
        return [known] if sizes[known] > 1 else []
    table = inputs.dim() == 2 and inputs.is_floating_point()
    return [dim for dim, size in enumerate(sizes) if size > 1 and not (dim and table)]


def _known(program: Program, inputs: Tensor) -> int | None:
    """What tells the two dimensions apart: the loader, one number per sample, the next token."""
    sizes = tuple(inputs.shape[:2])
    one_each = {len(tensor) for tensor in tensors(program.setup.batch) if tensor.dim() == 1}
    lengths = {getattr(program.setup.data, "batch_size", None), *one_each}
    fitting = [dim for dim, size in enumerate(sizes) if size in lengths]
    if len(fitting) == 1:
        return fitting[0]
    if (time := next_tokens(program, inputs)) is not None:
        return 1 - time
    return None


def next_tokens(program: Program, inputs: Tensor) -> int | None:
    """The dimension of time, where the batch holds for every token the one that comes next."""
    if inputs.dim() != 2 or inputs.is_floating_point() or not bool((inputs != inputs[0, 0]).any()):
        return None
    for time in (1, 0):
        if inputs.shape[time] < 3:
            continue
        later = inputs.narrow(time, 1, inputs.shape[time] - 1)
        for target in tensors(program.setup.batch):
            if _shifted(target, inputs, later, time):
                return time
    return None


def _shifted(target: Tensor, inputs: Tensor, later: Tensor, time: int) -> bool:
    if target.is_floating_point():
        return False
    if target.dim() == 1 and target.numel() == inputs.numel():
        target = target.view(inputs.shape)
    if target.dim() != 2 or target.shape[1 - time] != inputs.shape[1 - time]:
        return False
    if target.shape[time] == inputs.shape[time] + 1:  # one text, cut into both by the step
        return torch.equal(target.narrow(time, 0, inputs.shape[time]), inputs)
    if target.shape != inputs.shape:
        return False
    early = target.narrow(time, 0, later.shape[time])
    counted = early >= 0  # -100 is ignored
    return bool(counted.any()) and torch.equal(early[counted], later[counted])


def along(tensor: Tensor, dim: int, samples: int) -> int | None:
    """Where the samples lie in another tensor: lengths and hidden states have their own order."""
    fitting = [each for each in range(min(tensor.dim(), 2)) if tensor.shape[each] == samples]
    return (dim if dim in fitting else fitting[0]) if fitting else None


def narrowed(given: Given, dim: int, samples: int) -> Given:
    """The first samples alone."""
    whole = main_input(given).shape[dim]

    def narrow(tensor: Tensor) -> Tensor:
        own = along(tensor, dim, whole)
        return tensor if own is None else tensor.narrow(own, 0, samples).contiguous()

    return given.changed(narrow)


def repeated(given: Given, dim: int, sample: int) -> Given:
    """Nothing but copies of one sample."""
    samples = main_input(given).shape[dim]

    def repeat(tensor: Tensor) -> Tensor:
        own = along(tensor, dim, samples)
        if own is None:
            return tensor
        return tensor.index_select(own, torch.full((samples,), sample, device=tensor.device))

    return given.changed(repeat)
