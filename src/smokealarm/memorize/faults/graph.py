"""Faults of the graph: somewhere between the loss and the weights the gradient is lost or wrong."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from smokealarm.memorize.faults.planting import (
    Unfit,
    edit_output,
    edit_outputs,
    hidden,
    layers,
    modules,
    optimizers,
)
from smokealarm.memorize.setup import Setup


def detached_in_the_middle(setup: Setup) -> Setup:
    """A .detach() stands after a hidden layer: everything before it learns nothing."""
    edit_output(hidden(setup), lambda output: output.detach())
    return setup


def outputs_made_a_new_tensor(setup: Setup) -> Setup:
    """The outputs are copied into a new tensor, which has no history."""
    return edit_outputs(setup, lambda output: output.detach().clone())


def first_layer_under_no_grad(setup: Setup) -> Setup:
    """The first layer is called under torch.no_grad()."""
    modes: list[bool] = []

    def forbid(module: nn.Module, args: Any) -> None:
        modes.append(torch.is_grad_enabled())
        torch.set_grad_enabled(False)

    def restore(module: nn.Module, args: Any, output: Any) -> None:
        torch.set_grad_enabled(modes.pop())

    layers(setup)[0].register_forward_pre_hook(forbid)
    layers(setup)[0].register_forward_hook(restore, always_call=True)
    return setup


def hidden_layer_frozen(setup: Setup) -> Setup:
    """requires_grad is False for one layer, by mistake.

    Frozen layers are usual: nothing tells a mistake from an intention.
    """
    layer = hidden(setup)
    if not any(parameter.requires_grad for parameter in layer.parameters()):
        raise Unfit("the layer is frozen already")
    layer.requires_grad_(False)
    return setup


def everything_frozen(setup: Setup) -> Setup:
    """requires_grad is False everywhere."""
    for module in setup.modules.values():
        module.requires_grad_(False)
    return setup


def layer_kept_in_a_plain_list(setup: Setup) -> Setup:
    """A layer stands in a Python list: parameters() and the optimizer do not know of it."""
    layer = hidden(setup)
    for parent in modules(setup, nn.Module, called="module"):
        for name, child in list(parent.named_children()):
            if child is layer:
                return _unlisted(setup, parent, name)
    raise Unfit("its model is one layer")


def _unlisted(setup: Setup, parent: nn.Module, name: str) -> Setup:
    if isinstance(parent, (nn.Sequential, nn.ModuleList, nn.ModuleDict)):
        raise Unfit("its layers stand in a list of torch's")
    layer = parent._modules.pop(name)
    assert layer is not None
    parent.__dict__[name] = layer
    own = {id(parameter) for parameter in layer.parameters()}
    for optimizer in optimizers(setup):
        for group in optimizer.param_groups:
            group["params"] = [each for each in group["params"] if id(each) not in own]
    return setup


def gradient_reversed(setup: Setup) -> Setup:
    """A hidden layer's gradient arrives with the wrong sign."""
    edit_output(hidden(setup), lambda output: _turned(output, -1.0))
    return setup


def gradient_lost_in_a_custom_backward(setup: Setup) -> Setup:
    """A custom autograd function returns zeros from its backward."""
    edit_output(hidden(setup), lambda output: _turned(output, 0.0))
    return setup


def gradient_too_small_in_a_custom_backward(setup: Setup) -> Setup:
    """A custom autograd function returns a ten-thousandth of its gradient."""
    edit_output(hidden(setup), lambda output: _turned(output, 1e-4))
    return setup


def _turned(output: Tensor, factor: float) -> Tensor:
    if torch.is_grad_enabled() and not output.requires_grad:
        raise Unfit("no gradient goes through the layer")
    turned: Tensor = _Backward.apply(output, factor)  # type: ignore[no-untyped-call]  # torch's
    return turned


class _Backward(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, output: Tensor, factor: float) -> Tensor:
        context.factor = factor
        return output.view_as(output)

    @staticmethod
    def backward(context: Any, *gradients: Any) -> Any:
        return gradients[0] * context.factor, None


def hard_decision_in_the_middle(setup: Setup) -> Setup:
    """A hidden layer's outputs are made zeros and ones, which have no gradient."""
    edit_output(hidden(setup), lambda output: (output > 0).to(output.dtype))
    return setup


def outputs_rounded(setup: Setup) -> Setup:
    """The outputs are rounded before the loss: the gradient is zero everywhere."""
    return edit_outputs(setup, lambda output: output.round())


def overwritten_in_place(setup: Setup) -> Setup:
    """What backward still needs is overwritten in place: it crashes there."""
    edit_output(hidden(setup), _overwritten)
    return setup


def _overwritten(output: Tensor) -> Tensor:
    if not output.requires_grad:
        raise Unfit("no gradient goes through the layer: nothing is needed for backward")
    squashed = output.sigmoid()
    result: Tensor = squashed.add_(1)
    return result


FAULTS = (
    detached_in_the_middle,
    outputs_made_a_new_tensor,
    first_layer_under_no_grad,
    hidden_layer_frozen,
    everything_frozen,
    layer_kept_in_a_plain_list,
    gradient_reversed,
    gradient_lost_in_a_custom_backward,
    gradient_too_small_in_a_custom_backward,
    hard_decision_in_the_middle,
    outputs_rounded,
    overwritten_in_place,
)
