"""The user's set-up, made with a seed: what their function returned, read with good will."""

from __future__ import annotations

import difflib
import inspect
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from smokealarm.errors import FatalError
from smokealarm.memorize.batch import first_batch, moved

NAMES = (
    "model",
    "loss_fn",
    "optimizer",
    "data",
    "train_step",
    "eval_step",
    "scheduler",
    "extra_optimizers",
    "hints",
)
HINTS = (
    "floor",
    "memorizable",
    "frozen",
    "outputs_mix_samples",
    "stochastic_forward",
    "targets_unused",
    "task",
    "num_classes",
    "causal",
    "pad_id",
    "accumulate_grad_batches",
    "precision",
)
FORM = (
    "Return (model, loss_fn, optimizer, data), or a dict or object with those names and, as you"
    " like, train_step, eval_step, scheduler, extra_optimizers, hints."
)


class Setup(NamedTuple):
    """One training program: everything that a step needs, and the batch it is done on."""

    modules: Mapping[str, nn.Module]  # by name; "" for the one and only
    model: Any
    batch: Any
    loss_fn: Any
    optimizers: tuple[Any, ...]
    schedulers: tuple[Any, ...]
    train_step: Callable[[Any], Any] | None
    eval_step: Callable[[Any], Any] | None
    hints: Mapping[str, Any]

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


def made(function: Callable[..., Any], seed: int, device: str) -> Setup:
    """Call the user's function. Raises FatalError where what it returns cannot be used."""
    seed_everything(seed)
    parts = _parts(_called(function, seed))
    setup = Setup(
        modules=_modules(parts["model"]),
        model=parts["model"],
        batch=first_batch(parts["data"]),
        loss_fn=parts.get("loss_fn"),
        optimizers=(*_several(parts.get("optimizer")), *_several(parts.get("extra_optimizers"))),
        schedulers=_several(parts.get("scheduler")),
        train_step=parts.get("train_step"),
        eval_step=parts.get("eval_step"),
        hints=_hints(parts.get("hints")),
    )
    return _on_device(_usable(setup), device)


def _called(function: Callable[..., Any], seed: int) -> Any:
    """With the seed, if the function takes one: by that name, or as its only required argument."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return function()
    if any(parameter.name == "seed" for parameter in parameters):
        return function(seed=seed)
    required = [parameter for parameter in parameters if parameter.default is parameter.empty]
    required = [
        each for each in required if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    return function(seed) if len(required) == 1 else function()


def _parts(returned: Any) -> dict[str, Any]:
    if isinstance(returned, Mapping):
        if unknown := [name for name in returned if name not in NAMES]:
            raise FatalError(f"setup returned an unknown `{unknown[0]}`", _meant(unknown[0], NAMES))
        parts = dict(returned)
    elif isinstance(returned, tuple) and not hasattr(returned, "_fields"):
        if len(returned) != 4:
            raise FatalError(f"setup returned a tuple of {len(returned)}, not of 4", FORM)
        parts = dict(zip(NAMES, returned))
    else:
        parts = {name: getattr(returned, name) for name in NAMES if hasattr(returned, name)}
    if missing := [name for name in ("model", "data") if parts.get(name) is None]:
        raise FatalError(f"what setup returned has no `{missing[0]}`", FORM)
    return parts


def _meant(wrong: object, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(str(wrong), known, n=1)
    return f"Did you mean `{close[0]}`?" if close else f"Known are {', '.join(known)}."


def _several(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _modules(model: Any) -> Mapping[str, nn.Module]:
    if isinstance(model, nn.Module):
        return {"": model}
    named = model.items() if isinstance(model, Mapping) else enumerate(_several(model))
    modules = {str(name): module for name, module in named if isinstance(module, nn.Module)}
    if not modules:
        raise FatalError(f"`model` is a {type(model).__name__}, not a torch.nn.Module", FORM)
    return modules


def _hints(hints: Any) -> Mapping[str, Any]:
    if hints is None:
        return {}
    if not isinstance(hints, Mapping):
        raise FatalError(f"`hints` is a {type(hints).__name__}, not a dict", FORM)
    if unknown := [name for name in hints if name not in HINTS]:
        raise FatalError(f"there is no hint `{unknown[0]}`", _meant(unknown[0], HINTS))
    if (word := hints.get("memorizable", "full")) not in ("full", "partial", "off"):
        raise FatalError(f"hint `memorizable` is {word!r}", "It is full, partial or off.")
    return hints


def _usable(setup: Setup) -> Setup:
    if setup.train_step is None:
        if setup.loss_fn is None or not setup.optimizers:
            raise FatalError("without `train_step`, `loss_fn` and `optimizer` are needed", FORM)
        if setup.model is not setup.modules.get(""):
            raise FatalError("several models need a `train_step` of yours", FORM)
    return setup


def _on_device(setup: Setup, device: str) -> Setup:
    """`auto` leaves the model where the set-up put it, and brings the batch there."""
    if device == "cuda":
        for module in (*setup.modules.values(), setup.loss_fn):
            if isinstance(module, nn.Module):
                module.to("cuda")
    if device != "cuda" and setup.train_step is not None:
        return setup
    where = next((parameter.device for _, parameter in setup.parameters()), torch.device("cpu"))
    return setup._replace(batch=moved(setup.batch, where))
