"""What the models of a program say when they are asked again: each with what the program gives it.

The program's own step is run once, up to its first backward pass, and the calls of its models are
noted: those that it makes itself, not those within a model. Each of them can then be repeated with
other inputs, in eval mode and with the same random numbers, whatever form the program has.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from smokealarm.errors import Inconclusive
from smokealarm.memorize.batch import fresh, mapped, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.floor import arguments
from smokealarm.memorize.pricing.forecast import eager
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import train_step

MOST = 6  # calls of models that are asked again
DEPTH = 4  # of containers within outputs
NOISE = {torch.float64: 1e-10, torch.float32: 1e-5}  # share of the largest output: rounding


class Given(NamedTuple):
    """What a model is called with."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def tensors(self) -> list[Tensor]:
        found: list[Tensor] = []
        self.changed(lambda tensor: found.append(tensor) or tensor)  # type: ignore[func-returns-value]
        return found

    def changed(self, change: Callable[[Tensor], Tensor]) -> Given:
        args = tuple(_changed(value, change) for value in self.args)
        return Given(args, {key: _changed(value, change) for key, value in self.kwargs.items()})


class Call(NamedTuple):
    """A call that the program itself makes of one of its models."""

    path: str
    module: nn.Module
    given: Given


class Scored(NamedTuple):
    """A cross-entropy of the step: the shape of the outputs, and the classes they are to name."""

    shape: tuple[int, ...]
    target: Tensor


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
    """In double precision where the program can do that. Raises Inconclusive where it says nothing."""
    try:
        return _heard(bench, torch.float64)
    except Inconclusive:
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
    calls, scored = _listened(setup)
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


def _listened(setup: Setup) -> tuple[list[Call], list[Scored]]:
    failed: Exception | None = None
    for run in _ways(setup):
        ear = _Ear()
        seed_everything(0)
        try:
            with eager(), ear.listening(setup), ear:
                run(fresh(setup.batch))
        except _Enough:
            pass
        except Exception as error:
            failed = failed or error
        if ear.calls:
            return ear.calls[:MOST], ear.scored
    why = f": {type(failed).__name__}: {failed}" if failed else ""
    raise Inconclusive(
        f"the program calls none of its models as model(...){why}",
        "Call the model itself and not its forward(), and name every model in `model`.",
    )


def _ways(setup: Setup) -> Iterator[Callable[[Any], Any]]:
    if setup.train_step is None and setup.loss is not None:
        yield setup.loss
    yield train_step(setup)
    if setup.eval_step is not None:
        yield setup.eval_step


class _Enough(BaseException):
    """The forward pass is done. No `except Exception` of the user's may take it."""


class _Ear(TorchFunctionMode):
    """Notes the calls of models and of cross-entropies until something would be trained."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.scored: list[Scored] = []
        self._depth = 0

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if function is Tensor.backward and self.calls:
            raise _Enough
        if function in (F.cross_entropy, F.nll_loss):
            given = arguments(function, args, kwargs or {})
            if not given["target"].is_floating_point():
                self.scored.append(Scored(tuple(given["input"].shape), given["target"].clone()))
        return function(*args, **(kwargs or {}))

    @contextmanager
    def listening(self, setup: Setup) -> Iterator[None]:
        with ExitStack() as hooks:
            for name, model in setup.modules.items():
                for path, module in model.named_modules(prefix=name):
                    for handle in self._hung(path, module):
                        hooks.callback(handle.remove)
            for optimizer in setup.optimizers:
                if isinstance(optimizer, torch.optim.Optimizer):
                    hooks.callback(optimizer.register_step_pre_hook(self._stepping).remove)
            yield

    def _stepping(self, *_: Any) -> None:
        if self.calls:
            raise _Enough

    def _hung(self, path: str, module: nn.Module) -> Iterator[Any]:
        def begin(module: nn.Module, args: Any, kwargs: Any) -> None:
            if not self._depth:
                given = Given(tuple(args), dict(kwargs)).changed(lambda t: t.detach().clone())
                self.calls.append(Call(path, module, given))
            self._depth += 1

        def end(*_: Any) -> None:
            self._depth -= 1

        if not type(module).__module__.startswith("torch.jit"):  # takes hooks of its own kind only
            yield module.register_forward_pre_hook(begin, with_kwargs=True)
            yield module.register_forward_hook(end, always_call=True)


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


def _changed(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """As `mapped`, and the tensors that are attributes of a batch of the user's own class."""
    if not _carries(value):
        return mapped(value, change)
    other = copy.copy(value)
    for name, item in vars(value).items():
        object.__setattr__(other, name, mapped(item, change))
    return other


def _carries(value: Any) -> bool:
    plain = (Tensor, nn.Module, Mapping, list, tuple)
    if isinstance(value, plain) or not hasattr(value, "__dict__"):
        return False
    return any(isinstance(item, Tensor) for item in vars(value).values())


def _opened(value: Any, depth: int) -> Any:
    """The output classes of libraries are mappings, or carry their tensors as attributes."""
    if isinstance(value, Tensor) or not depth:
        return value
    if isinstance(value, Mapping):
        return {str(key): _opened(item, depth - 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_opened(item, depth - 1) for item in value]
    return dict(vars(value)) if _carries(value) else value
