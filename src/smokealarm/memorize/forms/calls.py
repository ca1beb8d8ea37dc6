"""What modules return while somebody else calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

from smokealarm.errors import Inconclusive
from smokealarm.memorize.hooks import Hook


def last_output(model: nn.Module, call: Callable[[], Any]) -> Any:
    """What the model, or a part of it, returns to the code that the call runs: the last of it."""
    with _outermost(model) as outputs:
        call()
    if not outputs:
        raise Inconclusive(
            "the loss is computed without a call of a module, so that its outputs are not known",
            "Call the model, or a module within it, and not its functions.",
        )
    return outputs[-1]


@contextmanager
def _outermost(model: nn.Module) -> Iterator[list[Any]]:
    """The outputs of the modules that are called from outside of any other, in their order.

    Losses and metrics are modules, too, but have no parameters: only such as have some count.
    """
    outputs: list[Any] = []
    depth = 0

    def enter(module: nn.Module, inputs: Any) -> None:
        nonlocal depth
        depth += 1

    def leave(module: nn.Module, inputs: Any, output: Any) -> None:
        nonlocal depth
        depth -= 1
        if depth == 0 and any(True for _ in module.parameters()):
            outputs.append(output)

    hooks = [module.register_forward_pre_hook(Hook(enter)) for module in model.modules()]
    hooks += [module.register_forward_hook(Hook(leave)) for module in model.modules()]
    try:
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()
