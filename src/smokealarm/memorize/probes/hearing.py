"""Which models a program calls, and with what: its own step, run once and stopped in time.

The step runs up to its first backward pass, and what it calls of its models is noted: the calls that it
makes itself, not those within a model. Nothing is trained.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import fresh, mapped
from smokealarm.memorize.floor import arguments
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.pricing.forecast import eager
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import train_step

MOST = 6  # calls of models that are asked again


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


def listened(setup: Setup) -> tuple[list[Call], list[Scored]]:
    """The calls of models and of cross-entropies. Raises Unasked where no model is called."""
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
    raise Unasked(f"the program calls none of its models as model(...){why}")


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
            yield module.register_forward_pre_hook(Hook(begin), with_kwargs=True)
            yield module.register_forward_hook(Hook(end), always_call=True)


def _changed(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """As `mapped`, and the tensors that are attributes of a batch of the user's own class."""
    if not carries(value):
        return mapped(value, change)
    other = copy.copy(value)
    for name, item in vars(value).items():
        object.__setattr__(other, name, mapped(item, change))
    return other


def carries(value: Any) -> bool:
    """Whether it has tensors for attributes, and is nothing that torch knows."""
    plain = (Tensor, nn.Module, Mapping, list, tuple)
    if isinstance(value, plain) or not hasattr(value, "__dict__"):
        return False
    return any(isinstance(item, Tensor) for item in vars(value).values())
