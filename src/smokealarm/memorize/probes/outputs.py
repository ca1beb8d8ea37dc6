"""What the models of a program say when they are asked again: each with what the program gives it.

The calls that the program itself makes of its models can be repeated with other inputs, in eval mode
and with the same random numbers, whatever form the program has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from smokealarm.errors import SmokealarmError
from smokealarm.memorize.batch import tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.pricing.forecast import eager
from smokealarm.memorize.probes.hearing import Call, Given, Scored, carries, listened
from smokealarm.memorize.setup import Setup, seed_everything

DEPTH = 4  # of containers within outputs
# Share of the largest output that is rounding; models in double precision may hold parts in single.
NOISE = {torch.float64: 1e-7, torch.float32: 1e-5}


class Program(NamedTuple):
    """A program that can be asked: its calls of models, in their order, in one precision."""

    setup: Setup
    calls: list[Call]
    scored: list[Scored]
    precision: torch.dtype

    def said(self, call: Call, given: Given) -> list[Tensor]:
        """The tensors that come out, in eval mode; the same ones each time for the same inputs."""
        with torch.no_grad(), ready(self.precision):
            return outputs_of(call.module(*given.args, **given.kwargs))

    def noise(self, said: Tensor) -> float:
        return NOISE[self.precision] * float(said.abs().max()) if said.numel() else 0.0


def heard(bench: Bench) -> Program:
    """In double precision where the program can do that. Raises Unasked where it calls no model."""
    try:
        return _heard(bench, torch.float64)
    except SmokealarmError:
        raise
    except Exception:  # a type is written into it somewhere
        return _heard(bench, torch.float32)


def outputs_of(value: Any) -> list[Tensor]:
    """Every tensor of real numbers, however the outputs are packed."""
    found = tensors(_opened(value, DEPTH))
    return [tensor for tensor in found if tensor.is_floating_point() and tensor.dim()]


def moved(one: Tensor, other: Tensor) -> float:
    """The farthest that any number moved."""
    if not one.numel():
        return 0.0
    return float((one - other).abs().nan_to_num(0.0, 0.0, 0.0).max())


def _heard(bench: Bench, precision: torch.dtype) -> Program:
    setup = bench.made()
    calls, scored = listened(setup)
    for module in setup.modules.values():
        module.eval()
        _stir(module)
        if precision is torch.float64:
            module.double()
    if precision is torch.float64:
        calls = [call._replace(given=call.given.changed(_doubled)) for call in calls]
    program = Program(setup, calls, scored, precision)
    for call in calls:
        program.said(call, call.given)
    return program


def _doubled(tensor: Tensor) -> Tensor:
    return tensor.double() if tensor.is_floating_point() else tensor


def _stir(module: nn.Module) -> None:
    """Weights that begin at zero hide what lies behind them."""
    generator = torch.Generator().manual_seed(0)
    for parameter in module.parameters():
        if is_lazy(parameter) or not parameter.is_floating_point():
            continue
        values = parameter.data
        if values.numel() and not bool(values.any()):
            noise = torch.randn(values.shape, generator=generator) * 0.02
            values.add_(noise.to(values.device, values.dtype))


@contextmanager
def ready(precision: torch.dtype) -> Iterator[None]:
    """Random numbers seeded, tensors made on the way in this precision, no fused shortcuts."""
    before, fast = torch.get_default_dtype(), torch.backends.mha.get_fastpath_enabled()
    with eager():
        try:
            seed_everything(0)
            torch.set_default_dtype(precision)
            torch.backends.mha.set_fastpath_enabled(False)
            yield
        finally:
            torch.set_default_dtype(before)
            torch.backends.mha.set_fastpath_enabled(fast)


def _opened(value: Any, depth: int) -> Any:
    """The output classes of libraries are mappings, or carry their tensors as attributes."""
    if isinstance(value, Tensor) or not depth:
        return value
    if isinstance(value, Mapping):
        return {str(key): _opened(item, depth - 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_opened(item, depth - 1) for item in value]
    return dict(vars(value)) if carries(value) else value
