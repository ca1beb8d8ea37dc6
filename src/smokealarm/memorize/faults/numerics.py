"""Faults of numbers: what becomes NaN or infinite, overflows, or loses its digits."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from smokealarm.memorize.faults.planting import (
    Call,
    Unfit,
    calling,
    edit_output,
    edit_outputs,
    held,
    hidden,
    stepping,
)
from smokealarm.memorize.setup import Setup


def logarithm_of_zero(setup: Setup) -> Setup:
    """The logarithm is taken of what may be zero."""
    return edit_outputs(setup, lambda output: output.relu().log())


def square_root_at_zero(setup: Setup) -> Setup:
    """A square root is taken at zero: the loss is finite and its gradient is not."""
    return edit_outputs(setup, lambda output: output + (output - output).square().sum().sqrt())


def exponential_overflows(setup: Setup) -> Setup:
    """log(sum(exp(x))) is written by hand, without taking the largest off first."""
    edit_output(hidden(setup), lambda output: output - (300 * output).exp().sum(-1, True).log())
    return setup


def division_by_zero(setup: Setup) -> Setup:
    """A hidden layer is divided by a spread that is zero, without an epsilon."""
    edit_output(hidden(setup), lambda output: output / output[..., :1].std(-1, False, keepdim=True))
    return setup


def squares_overflow_in_half_precision(setup: Setup) -> Setup:
    """A hidden layer's result is squared in fp16, where 65504 is the largest number."""

    def squared(output: Tensor) -> Tensor:
        return (1000 * output).half().square().to(output.dtype) / 1e6

    edit_output(hidden(setup), squared)
    return setup


def gradients_underflow_in_half_precision(setup: Setup) -> Setup:
    """The gradients pass through fp16 without a scale on the loss: small ones are zero."""

    def lost(optimizer: Any) -> None:
        for parameter in held(optimizer):
            if parameter.grad is not None and not parameter.grad.is_sparse:
                parameter.grad = (parameter.grad * 1e-6).half().to(parameter.dtype) * 1e6

    return stepping(setup, before=lost)


def weights_rounded_at_every_step(setup: Setup) -> Setup:
    """The weights are kept in bfloat16, which has no room for small updates."""

    def rounded(optimizer: Any) -> None:
        with torch.no_grad():
            for parameter in held(optimizer):
                parameter.copy_(parameter.bfloat16())

    return stepping(setup, after=rounded)


def softmax_by_hand(setup: Setup) -> Setup:
    """log(exp(x) / sum(exp(x))) is written by hand: at large logits it is the logarithm of zero."""

    def edit(call: Call, outputs: Tensor, target: Tensor, *args: Any, **kwargs: Any) -> Any:
        if target.is_floating_point():
            raise Unfit("the targets are no class numbers")
        shares = outputs.exp() / outputs.exp().sum(1, keepdim=True)
        return F.nll_loss(shares.log(), target, ignore_index=kwargs.get("ignore_index", -100))

    return calling(setup, edit, [F.cross_entropy], "cross_entropy")


def digits_cancelled(setup: Setup) -> Setup:
    """A large number is added to a hidden layer and taken off again: the digits are gone."""
    edit_output(hidden(setup), lambda output: (output + 1e7) - 1e7)
    return setup


FAULTS = (
    logarithm_of_zero,
    square_root_at_zero,
    exponential_overflows,
    division_by_zero,
    squares_overflow_in_half_precision,
    gradients_underflow_in_half_precision,
    weights_rounded_at_every_step,
    softmax_by_hand,
    digits_cancelled,
)
