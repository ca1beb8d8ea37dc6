"""Faults at the call of the loss: what is handed to it, in which shape, and what becomes of its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from smokealarm.memorize.faults.planting import Call, Unfit, calling
from smokealarm.memorize.setup import Setup

CROSS_ENTROPY = (F.cross_entropy,)
LOGITS = (F.binary_cross_entropy_with_logits,)
DISTANCES = (F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss)
LOSSES = (
    *CROSS_ENTROPY,
    *LOGITS,
    *DISTANCES,
    F.nll_loss,
    F.binary_cross_entropy,
    F.gaussian_nll_loss,
    F.kl_div,
)


def sign_of_the_loss_wrong(setup: Setup) -> Setup:
    """The loss is negated: the optimizer makes it worse, and the number falls."""
    return _valued(setup, lambda loss: -loss)


def loss_times_zero(setup: Setup) -> Setup:
    """The loss has a weight of zero."""
    return _valued(setup, lambda loss: loss * 0.0)


def loss_detached_and_asked_for_gradients(setup: Setup) -> Setup:
    """A crash was silenced with loss.detach().requires_grad_(): nothing is learnt."""
    return _valued(setup, lambda loss: loss.detach().requires_grad_(torch.is_grad_enabled()))


def penalty_outweighs_the_loss(setup: Setup) -> Setup:
    """A penalty on the outputs, a hundred times the loss, is added.

    Its gradient is that of the loss returned: one batch shows it only where both cannot be had.
    """

    def edit(call: Call, outputs: Tensor, *args: Any, **kwargs: Any) -> Any:
        loss = call(outputs, *args, **kwargs)
        return loss + 100 * loss.detach().abs() * outputs.pow(2).mean()

    return calling(setup, edit, LOSSES, "loss of torch's")


def outputs_detached_in_the_loss(setup: Setup) -> Setup:
    """The loss is computed of outputs.detach(), with a zero times the outputs added for the graph."""
    return _given(setup, lambda outputs: outputs.detach() + outputs * 0)


def softmax_before_cross_entropy(setup: Setup) -> Setup:
    """Probabilities are handed to a cross-entropy that wants logits."""
    return _given(setup, lambda outputs: outputs.softmax(_classes(outputs)), CROSS_ENTROPY)


def sigmoid_before_cross_entropy(setup: Setup) -> Setup:
    """Sigmoids are handed to a cross-entropy that wants logits."""
    return _given(setup, torch.sigmoid, CROSS_ENTROPY)


def sigmoid_before_bce_with_logits(setup: Setup) -> Setup:
    """Probabilities are handed to a binary cross-entropy that wants logits."""
    return _given(setup, torch.sigmoid, LOGITS)


def log_softmax_forgotten_before_nll(setup: Setup) -> Setup:
    """The negative log-likelihood is taken of logits: it falls without end."""
    return _likelihood(setup, lambda outputs: outputs)


def softmax_instead_of_log_softmax(setup: Setup) -> Setup:
    """The negative log-likelihood is taken of probabilities, without their logarithm."""
    return _likelihood(setup, lambda outputs: outputs.softmax(_classes(outputs)))


def softmax_over_the_batch(setup: Setup) -> Setup:
    """The softmax runs over the batch and not over the classes."""
    return _likelihood(setup, lambda outputs: outputs.log_softmax(0))


def _likelihood(setup: Setup, edit: Callable[[Tensor], Tensor]) -> Setup:
    def changed(call: Call, outputs: Tensor, target: Tensor, *args: Any, **kwargs: Any) -> Any:
        if target.is_floating_point():
            raise Unfit("the targets are no class numbers")
        return F.nll_loss(edit(outputs), target, ignore_index=kwargs.get("ignore_index", -100))

    return calling(setup, changed, CROSS_ENTROPY, "cross_entropy")


def column_against_row(setup: Setup) -> Setup:
    """Outputs of shape (N, 1) meet targets of shape (N,): every output is compared with every target."""

    def edit(call: Call, outputs: Tensor, target: Tensor, *args: Any, **kwargs: Any) -> Any:
        if outputs.shape != target.shape or outputs.dim() != 2 or outputs.shape[1] != 1:
            raise Unfit("its outputs are no column of numbers")
        return call(outputs, target.squeeze(1), *args, **kwargs)

    return calling(setup, edit, DISTANCES, "distance such as mse_loss")


def outputs_reshaped_instead_of_transposed(setup: Setup) -> Setup:
    """reshape stands where a transpose was meant: outputs belong to other samples and classes.

    One fixed batch is learnt all the same, each target by another sample's outputs.
    """

    def edit(outputs: Tensor) -> Tensor:
        if outputs.dim() < 2 or min(outputs.shape[:2]) < 2:
            raise Unfit("its outputs have one dimension")
        return outputs.transpose(0, 1).reshape(outputs.shape)

    return _given(setup, edit)


def averaged_over_the_batch_before_the_loss(setup: Setup) -> Setup:
    """The mean over the wrong dimension: all samples are given the average output."""
    return _given(setup, lambda outputs: outputs.mean(0, keepdim=True).expand_as(outputs))


def summed_instead_of_averaged(setup: Setup) -> Setup:
    """The loss is a sum over the batch where a mean was meant, and ten times that.

    A sum is as good as a mean to Adam: one batch shows it only where the rate is too large for it.
    """

    def edit(call: Call, *args: Any, **kwargs: Any) -> Any:
        return 10 * call(*args, **{**kwargs, "reduction": "sum"})

    return calling(setup, edit, LOSSES, "loss of torch's")


def _classes(outputs: Tensor) -> int:
    return 1 if outputs.dim() > 1 else 0


def _valued(setup: Setup, change: Callable[[Tensor], Tensor]) -> Setup:
    def edit(call: Call, *args: Any, **kwargs: Any) -> Any:
        return change(call(*args, **kwargs))

    return calling(setup, edit, LOSSES, "loss of torch's")


def _given(
    setup: Setup, change: Callable[[Tensor], Tensor], functions: tuple[Call, ...] = LOSSES
) -> Setup:
    def edit(call: Call, outputs: Tensor, *args: Any, **kwargs: Any) -> Any:
        return call(change(outputs), *args, **kwargs)

    return calling(setup, edit, functions, " or ".join(sorted(each.__name__ for each in functions)))


FAULTS = (
    sign_of_the_loss_wrong,
    loss_times_zero,
    loss_detached_and_asked_for_gradients,
    penalty_outweighs_the_loss,
    outputs_detached_in_the_loss,
    softmax_before_cross_entropy,
    sigmoid_before_cross_entropy,
    sigmoid_before_bce_with_logits,
    log_softmax_forgotten_before_nll,
    softmax_instead_of_log_softmax,
    softmax_over_the_batch,
    column_against_row,
    outputs_reshaped_instead_of_transposed,
    averaged_over_the_batch_before_the_loss,
    summed_instead_of_averaged,
)
