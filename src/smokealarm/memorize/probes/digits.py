"""The outputs in single precision beside those in double precision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.digits_kept import ALLOWED, Digits
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.probes.hearing import Call, listened
from smokealarm.memorize.probes.outputs import outputs_of, ready
from smokealarm.memorize.setup import Setup

Said = dict[str, list[Tensor]]  # by module, in the order in which they answered first


def probe(bench: Bench, fact: Facts) -> Digits:
    setup = bench.made()
    calls, _ = listened(setup)
    if any(p.is_floating_point() and p.dtype != torch.float32 for _, p in setup.parameters()):
        raise Unasked("the parameters are not in float32")
    for module in setup.modules.values():
        module.eval()
    single = [_said(setup, call, torch.float32) for call in calls]
    for module in setup.modules.values():
        module.double()
    try:
        double = [_said(setup, call, torch.float64) for call in calls]
    except RuntimeError as crash:  # a type is written into it somewhere
        raise Unasked(f"the model cannot be called in float64: {crash}") from crash
    worst = Digits(0.0)
    for (one, one_inside), (other, other_inside) in zip(single, double):
        if (error := _error(one, other)) > worst.error:
            worst = Digits(error, _first(one_inside, other_inside))
    return worst


def _said(setup: Setup, call: Call, precision: torch.dtype) -> tuple[list[Tensor], Said]:
    inside: Said = {}
    given = call.given
    if precision is torch.float64:
        given = given.changed(lambda t: t.double() if t.is_floating_point() else t)
    with torch.no_grad(), ready(precision), _noting(setup, inside):
        before = torch.get_rng_state()
        said = outputs_of(call.module(*given.args, **given.kwargs))
        if not torch.equal(before, torch.get_rng_state()):
            raise Unasked("the model draws random numbers in eval mode")
    return said, inside


@contextmanager
def _noting(setup: Setup, inside: Said) -> Iterator[None]:
    def note(name: str) -> Callable[..., None]:
        def noted(module: nn.Module, args: Any, output: Any) -> None:
            found = [t for t in tensors(output) if t.is_floating_point()]
            inside.setdefault(name, [each.detach().clone() for each in found])

        return noted

    hooks = [
        module.register_forward_hook(Hook(note(name)))
        for model in setup.modules.values()
        for name, module in model.named_modules()
        if name and not list(module.children())
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _error(single: list[Tensor], double: list[Tensor]) -> float:
    """Of the outputs that are worst off. Numbers that are not finite are another check's affair."""
    errors = [0.0]
    for one, other in zip(single, double):
        if one.shape == other.shape and other.numel() and bool(torch.isfinite(one).all()):
            size = float(other.abs().median())
            apart = float((one.double() - other).abs().median())
            errors.append(apart / size if size else 0.0)
    return max(errors)


def _first(single: Said, double: Said) -> str:
    names = (name for name in single if _error(single[name], double.get(name, [])) > ALLOWED)
    return next(names, "")
