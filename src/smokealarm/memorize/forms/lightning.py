"""PyTorch Lightning: a LightningModule, and the datamodule or loader that it is trained on.

The module is trained by Lightning's own loop, on our one batch, and not by calling its methods one
after the other: what a module may override (the hooks around the step, the optimizer's step and
zero_grad, backward, clipping, the transfer of a batch) and what it may ask of its Trainer are too
many to be imitated. `overfit_batches` would not do: with augmentation it gives other batches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from torch import Tensor

from smokealarm.errors import FatalError
from smokealarm.memorize.forms.kinds import base, overrides
from smokealarm.memorize.forms.lightning_loop import Loop
from smokealarm.memorize.forms.one_batch import OneBatch
from smokealarm.memorize.hints import checked, meant
from smokealarm.memorize.setup import Setup

LIBRARIES = ("lightning", "pytorch_lightning")
NAMES = ("model", "data", "hints", "trainer", "shifted")
FORM = (
    "Return (module, datamodule), (module, loader), or a dict with `model`, `data` and, as you"
    " like, `hints`, `shifted` and `trainer`, a dict of arguments for Lightning's Trainer."
)
OWN_LOOP = ("optimizer_step", "optimizer_zero_grad", "backward")  # the step is theirs, then
KEPT = {"accumulate_grad_batches": "accumulate_grad_batches", "precision": "precision"}


def read(returned: Any) -> Setup | None:
    """None where it is not this form. Raises FatalError where it is, and cannot be used."""
    parts = _parts(returned)
    if parts is None:
        return None
    module, data, hints = parts["model"], parts.get("data"), checked(parts.get("hints"))
    batches = OneBatch(module, data, LIBRARIES)
    settings = {name: hints[hint] for hint, name in KEPT.items() if hint in hints}
    loop = Loop(module, batches, settings | (parts.get("trainer") or {}))
    automatic = bool(module.automatic_optimization)
    owned = automatic and not any(overrides(module, name, *LIBRARIES) for name in OWN_LOOP)
    return Setup(
        modules={"": module},
        model=module,
        batch=batches.batch,
        loss_fn=None,
        optimizers=tuple(loop.optimizers),
        schedulers=(),  # the loop steps them
        train_step=loop.step,
        eval_step=_eval_step(loop) if overrides(module, "validation_step", *LIBRARIES) else None,
        hints=hints,
        loss=loop.loss if automatic else None,
        outputs=loop.outputs,
        owner="Lightning" if owned else "",
        form="Lightning",
        data=batches.data,
        validation=batches.validation(),
        shifted=parts.get("shifted") or {},
    )


def _parts(returned: Any) -> Mapping[str, Any] | None:
    """The parts by name, if the model among them is a LightningModule."""
    if isinstance(returned, Mapping):
        if not is_module(returned.get("model")):
            return None
        if unknown := [name for name in returned if name not in NAMES]:
            raise FatalError(f"setup returned an unknown `{unknown[0]}`", meant(unknown[0], NAMES))
        return returned
    if is_module(returned):
        return {"model": returned}
    if isinstance(returned, (tuple, list)) and returned and is_module(returned[0]):
        if len(returned) > 2:
            raise FatalError(
                f"setup returned a LightningModule and {len(returned) - 1} more, not 1", FORM
            )
        return dict(zip(("model", "data"), returned))
    if is_module(getattr(returned, "model", None)):
        return {name: getattr(returned, name, None) for name in NAMES}
    return None


def is_module(value: Any) -> bool:
    """A compiled module is one, too."""
    value = getattr(value, "_orig_mod", value)
    return base(value, "LightningModule", *LIBRARIES) is not None


def _eval_step(loop: Loop) -> Callable[[Any], Any]:
    """The loss of validation_step, where it returns one.

    Batches for validation may be of another kind: one that was made for training may not fit, which
    is no fault.
    """

    def eval_step(batch: Any) -> Any:
        found = None
        with suppress(Exception):
            found = loop.validated(batch)
        named = ("loss", "val_loss", "valid_loss", "validation_loss")
        if isinstance(found, Mapping):
            found = next((found[name] for name in named if name in found), None)
        return found if isinstance(found, (Tensor, float)) else None

    return eval_step
