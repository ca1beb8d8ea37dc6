"""One training program, whatever form it was returned in: everything that a step needs."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy


class Setup(NamedTuple):
    """One training program: everything that a step needs, and the batch it is done on.

    `loss(batch)` and `outputs(batch)` are there where the form tells how to get them: a tensor with
    one element that gradients can be asked of, and whatever the model returns for the whole batch.
    A `train_step` does everything from zero_grad to step; without one, the step is made of `loss`.

    `owner` is whose loop it is: empty where it is the user's own, or else who wrote it. What the
    order of calls or the mode in such a loop is tells nothing of the user's code.
    """

    modules: Mapping[str, nn.Module]  # by name; "" for the one and only
    model: Any
    batch: Any
    loss_fn: Any
    optimizers: tuple[Any, ...]
    schedulers: tuple[Any, ...]
    train_step: Callable[[Any], Any] | None
    eval_step: Callable[[Any], Any] | None
    hints: Mapping[str, Any]
    loss: Callable[[Any], Tensor] | None = None
    outputs: Callable[[Any], Any] | None = None
    owner: str = ""
    form: str = "plain PyTorch"
    data: Any = None  # what batches come from, as the user returned it
    validation: Any = None  # the same of what is held out
    shifted: Mapping[str, Any] = {}  # the same of other suites, by name

    def parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Every parameter once, by its dotted name; those of lazy layers once they have a shape."""
        for name, module in self.modules.items():
            for own, parameter in module.named_parameters():
                if not is_lazy(parameter):
                    yield (f"{name}.{own}" if name else own), parameter


def seed_everything(seed: int) -> None:
    random.seed(seed)
    torch.manual_seed(seed)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(seed)
