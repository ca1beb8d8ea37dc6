"""What excuses samples that influence each other: they are linked on purpose, or by routing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.probes.batch_dims import SEQUENCE
from smokealarm.memorize.probes.hearing import Call
from smokealarm.memorize.probes.outputs import Program, outputs_of, ready

GATHERING = {
    torch.index_add,
    torch.scatter_add,
    torch.scatter_reduce,
    Tensor.index_add,
    Tensor.index_add_,
    Tensor.scatter_add,
    Tensor.scatter_add_,
    Tensor.scatter_reduce,
    Tensor.scatter_reduce_,
    Tensor.index_reduce,
    Tensor.index_reduce_,
}
KERNELS = {torch.linalg.cholesky, torch.linalg.cholesky_ex, torch.linalg.solve, torch.linalg.inv}
Places = list[tuple[int, int, list[Tensor]]]  # output, dimension, and where the sample may lie


def on_purpose(program: Program, call: Call, samples: int) -> str:
    """Why the samples of this model are no samples of a batch; empty where nothing says so."""
    for module in call.module.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_mean is None:
            return "a batch-norm keeps no statistics: it is made to take those of the batch"
    spy = _Links(samples)
    with torch.no_grad(), ready(program.precision), spy.listening(call.module), spy:
        call.module(*call.given.args, **call.given.kwargs)
    return spy.found


class _Links(TorchFunctionMode):
    """Sees edges of a graph, kernels of all samples by all, one sequence.

    A matrix that links the samples would not fit fewer of them, so that nothing is asked there.
    """

    def __init__(self, samples: int) -> None:
        super().__init__()
        self.found = ""
        self._samples = samples

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        if function in GATHERING and args and _rows(args[0]) == self._samples:
            self.found = "what is gathered over edges or indices links the samples"
        elif function in KERNELS:
            self.found = "the samples are solved for together"
        return result

    @contextmanager
    def listening(self, module: nn.Module) -> Iterator[None]:
        with ExitStack() as hooks:
            for each in module.modules():
                if isinstance(each, SEQUENCE):
                    hooks.callback(each.register_forward_pre_hook(Hook(self._sequence)).remove)
            yield

    def _sequence(self, module: nn.Module, args: Any) -> None:
        if not args or not isinstance(args[0], Tensor) or isinstance(module, nn.RNNCellBase):
            return
        first = getattr(module, "batch_first", True)
        if args[0].dim() == 2 or args[0].shape[0 if first else 1] == 1:
            self.found = "the batch is one sequence"


def _rows(value: Any) -> int:
    return value.shape[0] if isinstance(value, Tensor) and value.dim() else 0


def by_value_only(program: Program, call: Call, dim: int, sample: int, places: Places) -> bool:
    """Whether no gradient goes from the output of the sample to the others, as it does to itself.

    What is left then is a choice or a rounding: the samples that an expert still has room for, or the
    scale of a quantisation.
    """
    try:
        leaves = _leaves(program, call, places)
    except Exception:  # it cannot be differentiated: nothing is excused
        return False
    own = others = False
    for leaf, gradient in leaves:
        if gradient is None or leaf.dim() <= dim:
            continue
        lines = gradient.movedim(dim, 0).flatten(1).abs().amax(1)
        own |= bool(lines[sample] > 0) if sample < len(lines) else False
        lines[sample : sample + 1] = 0
        others |= bool((lines > 0).any())
    return own and not others


def _leaves(program: Program, call: Call, places: Places) -> list[tuple[Tensor, Any]]:
    """What goes in as numbers, inputs or embedded tokens, with the gradient of the sample's outputs."""
    seen: list[Tensor] = []

    def leaf(tensor: Tensor) -> Tensor:
        if not tensor.is_floating_point():
            return tensor
        seen.append(tensor.detach().clone().requires_grad_())
        return seen[-1]

    def embedded(module: nn.Module, args: Any, output: Tensor) -> Tensor:
        return leaf(output)

    with ExitStack() as hooks, torch.enable_grad(), ready(program.precision):
        for module in call.module.modules():
            if isinstance(module, nn.Embedding):
                hooks.callback(module.register_forward_hook(embedded).remove)
        given = call.given.changed(leaf)
        said = outputs_of(call.module(*given.args, **given.kwargs))
        total = sum(
            (said[index].index_select(dim, where[0]).sin().sum() for index, dim, where in places),
            start=torch.zeros(()),
        )
        gradients = torch.autograd.grad(total, seen, allow_unused=True)
    return list(zip(seen, gradients))
