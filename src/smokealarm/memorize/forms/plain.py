"""Plain PyTorch: a tuple of four, a dict or an object with the names of the parts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from torch import Tensor, nn

from smokealarm.errors import FatalError
from smokealarm.memorize.batch import first_batch
from smokealarm.memorize.hints import checked, meant
from smokealarm.memorize.setup import Setup

FOUR = ("model", "loss_fn", "optimizer", "data")
MORE = (
    "train_step",
    "eval_step",
    "scheduler",
    "extra_optimizers",
    "hints",
    "validation",
    "shifted",
)
NAMES = (*FOUR, *MORE)
FORM = (
    "Return (model, loss_fn, optimizer, data), or a dict or object with those names and, as you"
    f" like, {', '.join(MORE)}."
)


def read(returned: Any) -> Setup:
    """Raises FatalError where what was returned cannot be used."""
    parts = _parts(returned)
    model, loss_fn = parts["model"], parts.get("loss_fn")
    own_step = parts.get("train_step")
    setup = Setup(
        modules=_modules(model),
        model=model,
        batch=first_batch(parts["data"]),
        loss_fn=loss_fn,
        optimizers=(*_several(parts.get("optimizer")), *_several(parts.get("extra_optimizers"))),
        schedulers=_several(parts.get("scheduler")),
        train_step=own_step,
        eval_step=parts.get("eval_step"),
        hints=checked(parts.get("hints")),
        loss=partial(_loss, model, loss_fn) if loss_fn is not None else None,
        outputs=_outputs(model),
        owner="" if own_step is not None else "smokealarm",
        data=parts["data"],
        validation=parts.get("validation"),
        shifted=parts.get("shifted") or {},
    )
    return _usable(setup)


def _parts(returned: Any) -> dict[str, Any]:
    if isinstance(returned, Mapping):
        if unknown := [name for name in returned if name not in NAMES]:
            raise FatalError(f"setup returned an unknown `{unknown[0]}`", meant(unknown[0], NAMES))
        parts = dict(returned)
    elif isinstance(returned, tuple) and not hasattr(returned, "_fields"):
        if len(returned) != 4:
            raise FatalError(f"setup returned a tuple of {len(returned)}, not of 4", FORM)
        parts = dict(zip(FOUR, returned))
    else:
        parts = {name: getattr(returned, name) for name in NAMES if hasattr(returned, name)}
    if missing := [name for name in ("model", "data") if parts.get(name) is None]:
        raise FatalError(f"what setup returned has no `{missing[0]}`", FORM)
    return parts


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


def _usable(setup: Setup) -> Setup:
    if setup.train_step is None:
        if setup.loss_fn is None or not setup.optimizers:
            raise FatalError("without `train_step`, `loss_fn` and `optimizer` are needed", FORM)
        if setup.model is not setup.modules.get(""):
            raise FatalError("several models need a `train_step` of yours", FORM)
    return setup


def _loss(model: Any, loss_fn: Any, batch: Any) -> Tensor:
    """loss_fn(model(inputs), target); or loss_fn(model, batch) where the batch is no pair."""
    if _takes_model(loss_fn) or not _is_pair(batch):
        loss: Tensor = loss_fn(model, batch)
    else:
        inputs, target = batch
        loss = loss_fn(forward(model, inputs), target)
    return loss


def _outputs(model: Any) -> Callable[[Any], Any] | None:
    """Of a pair, what the model makes of the inputs; of another batch it is not known."""
    if not callable(model):
        return None
    return lambda batch: forward(model, batch[0])


def _is_pair(batch: Any) -> bool:
    return isinstance(batch, tuple) and len(batch) == 2


def forward(model: Any, inputs: Any) -> Any:
    """A tuple of inputs becomes arguments, a mapping keywords."""
    if isinstance(inputs, tuple) and not hasattr(inputs, "_fields"):
        return model(*inputs)
    return model(**inputs) if isinstance(inputs, Mapping) else model(inputs)


def _takes_model(loss_fn: Any) -> bool:
    try:
        return next(iter(inspect.signature(loss_fn).parameters), "") == "model"
    except (TypeError, ValueError):
        return False
