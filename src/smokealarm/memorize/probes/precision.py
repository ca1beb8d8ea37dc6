"""The first pass in several precisions, beside one in double precision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

import torch
from torch import Tensor

from smokealarm.errors import Inconclusive, Unasked
from smokealarm.memorize.batch import fresh, mapped, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.precision import Pass, Sweep
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import loss_of

JUMP = 10  # times the error of what went in
NEGLIGIBLE = 1e-6  # errors below this are rounding

Noted = list[tuple[str, list[Tensor], list[Tensor]]]  # module, inputs, outputs


class Result(NamedTuple):
    """What one pass gave, in double precision to compare."""

    loss: float
    gradients: dict[str, Tensor]
    noted: Noted


def probe(bench: Bench, fact: Facts) -> Sweep:
    if bench.made().loss is None:
        raise Unasked("the loss is only to be had from your own train_step")
    try:
        reference = _pass(bench, torch.float64)
    except Exception as error:
        raise Inconclusive(
            f"the program does not run in float64: {type(error).__name__}: {error}",
            "Leave dtypes to the model and the batch: no .float() or dtype=torch.float32 on the way.",
        ) from error
    passes = [_beside(name, reference, bench, **how) for name, how in _sweep()]
    return Sweep(reference.loss, tuple(passes))


def _sweep() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "float32", {"dtype": torch.float32}
    yield "bfloat16, autocast", {"dtype": torch.float32, "autocast": torch.bfloat16}
    yield "bfloat16", {"dtype": torch.bfloat16}
    if torch.cuda.is_available():
        yield "float16, autocast", {"dtype": torch.float32, "autocast": torch.float16}


def _beside(name: str, reference: Result, bench: Bench, **how: Any) -> Pass:
    try:
        result = _pass(bench, **how)
    except Exception as error:
        return Pass(name, None, doubt=f"{type(error).__name__}: {error}".splitlines()[0][:120])
    scale = max(abs(reference.loss), 1e-12)
    return Pass(
        name,
        result.loss,
        abs(result.loss - reference.loss) / scale,
        _apart(reference.gradients, result.gradients),
        _first_jump(reference.noted, result.noted),
    )


def _pass(bench: Bench, dtype: torch.dtype, autocast: torch.dtype | None = None) -> Result:
    """In eval mode: batch statistics and dropout would hide what rounding does."""
    setup = bench.made()
    for module in (*setup.modules.values(), setup.loss_fn):
        if isinstance(module, torch.nn.Module):
            module.to(dtype).eval()
    batch = mapped(fresh(setup.batch), lambda t: t.to(dtype) if t.is_floating_point() else t)
    seed_everything(bench.seed)
    device = next(tensors(batch)).device.type
    noted: Noted = []
    with _noting(setup, noted), torch.autocast(device, autocast) if autocast else nullcontext():
        loss = loss_of(setup, batch)
    loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
    gradients = {
        name: (p.grad.to_dense() if p.grad.is_sparse else p.grad).double()
        for name, p in setup.parameters()
        if p.grad is not None
    }
    return Result(float(loss.detach().double()), gradients, noted)


@contextmanager
def _noting(setup: Setup, noted: Noted) -> Iterator[None]:
    def note(name: str) -> Callable[..., None]:
        return lambda module, inputs, output: noted.append((name, _double(inputs), _double(output)))

    hooks = [
        module.register_forward_hook(Hook(note(name)))
        for model in setup.modules.values()
        for name, module in model.named_modules()
        if not list(module.children())
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _double(value: Any) -> list[Tensor]:
    return [t.detach().double() for t in tensors(value) if t.is_floating_point()]


def _apart(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
    off = sum(float((one[name] - other[name]).norm()) ** 2 for name in one.keys() & other.keys())
    size = sum(float(gradient.norm()) ** 2 for gradient in one.values())
    return float((off / max(size, 1e-24)) ** 0.5)


def _first_jump(one: Noted, other: Noted) -> str:
    for (name, taken, given), (_, others_taken, others_given) in zip(one, other):
        before, after = _furthest(taken, others_taken), _furthest(given, others_given)
        if after > max(JUMP * before, NEGLIGIBLE) and after > 100 * NEGLIGIBLE:
            return name
    return ""


def _furthest(one: list[Tensor], other: list[Tensor]) -> float:
    pairs = [(a, b) for a, b in zip(one, other) if a.shape == b.shape]
    return max((float((a - b).norm() / a.norm().clamp(min=1e-12)) for a, b in pairs), default=0.0)
