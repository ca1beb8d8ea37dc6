"""What a set-up in plain PyTorch returned, part by part; and what it should have been, if it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn
from torch.optim import Optimizer

from smokealarm.errors import FatalError
from smokealarm.memorize.hints import meant

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
SYNONYMS = {  # what people call the parts elsewhere
    "net": "model",
    "module": "model",
    "network": "model",
    "models": "model",
    "criterion": "loss_fn",
    "loss": "loss_fn",
    "loss_function": "loss_fn",
    "optim": "optimizer",
    "opt": "optimizer",
    "optimizers": "optimizer",
    "schedulers": "scheduler",
    "lr_scheduler": "scheduler",
    "batch": "data",
    "dataloader": "data",
    "loader": "data",
    "train_loader": "data",
    "train_dataloader": "data",
    "training_step": "train_step",
    "step": "train_step",
    "validation_step": "eval_step",
    "val_loader": "validation",
}
FORM = (
    "Return (model, loss_fn, optimizer, data), or a dict or object with those names and, as you"
    f" like, {', '.join(MORE)}."
)


def parts_of(returned: Any) -> dict[str, Any]:
    """By name. Raises FatalError where one is missing, unknown or plainly something else."""
    if isinstance(returned, Mapping):
        if unknown := [name for name in returned if name not in NAMES]:
            raise FatalError(f"setup returned an unknown `{unknown[0]}`", _meant(unknown[0]))
        parts = dict(returned)
    elif isinstance(returned, (tuple, list)) and not hasattr(returned, "_fields"):
        if len(returned) != 4:
            kind = type(returned).__name__
            raise FatalError(f"setup returned a {kind} of {len(returned)}, not of 4", FORM)
        parts = dict(zip(FOUR, returned))
    elif returned is None or isinstance(returned, nn.Module):
        raise FatalError(f"setup returned {_only(returned)}", FORM)
    else:
        parts = {name: getattr(returned, name) for name in NAMES if hasattr(returned, name)}
    if missing := [name for name in ("model", "data") if parts.get(name) is None]:
        raise FatalError(
            f"what setup returned has no `{missing[0]}`", _instead(returned, missing[0])
        )
    _in_place(parts)
    return parts


def _only(returned: Any) -> str:
    kind = f"a {type(returned).__name__} and nothing else"
    return "nothing: its `return` is missing" if returned is None else kind


def _meant(name: object) -> str:
    known = SYNONYMS.get(str(name).lower())
    return f"Did you mean `{known}`?" if known else meant(name, NAMES)


def _instead(returned: Any, missing: str) -> str:
    """An object may have the part by a name that is common elsewhere."""
    others = [name for name, own in SYNONYMS.items() if own == missing and hasattr(returned, name)]
    return f"It has `{others[0]}`: call that `{missing}`." if others else FORM


def _in_place(parts: Mapping[str, Any]) -> None:
    """Raises FatalError where a part is plainly something else, as when two of the four are swapped."""
    loss_fn, optimizers = parts.get("loss_fn"), several(parts.get("optimizer"))
    wrong = [each for each in optimizers if not callable(getattr(each, "step", None))]
    if isinstance(loss_fn, Optimizer) or wrong:
        name, value = ("optimizer", wrong[0]) if wrong else ("loss_fn", loss_fn)
        raise FatalError(f"`{name}` is a {type(value).__name__}", f"The order matters. {FORM}")
    if loss_fn is not None and not callable(loss_fn):
        kind = type(loss_fn).__name__
        raise FatalError(f"`loss_fn` is a {kind}, not a function", "It is called in every step.")
    for name in ("train_step", "eval_step"):
        if parts.get(name) is not None and not callable(parts[name]):
            kind = type(parts[name]).__name__
            raise FatalError(
                f"`{name}` is a {kind}, not a function", "It is called as step(batch)."
            )


def several(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return tuple(value.values())
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)
