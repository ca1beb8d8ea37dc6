"""Plain PyTorch: a tuple of four, a dict or an object with the names of the parts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from torch import Tensor, nn

from smokealarm.errors import FatalError, Inconclusive
from smokealarm.memorize.batch import first_batch
from smokealarm.memorize.forms.calls import last_output
from smokealarm.memorize.forms.parts import FORM, parts_of, several
from smokealarm.memorize.hints import checked
from smokealarm.memorize.setup import Setup


def read(returned: Any) -> Setup:
    """Raises FatalError where what was returned cannot be used."""
    parts = parts_of(returned)
    model, loss_fn = parts["model"], parts.get("loss_fn")
    own_step = parts.get("train_step")
    loss = _loss_of(model, loss_fn, own_step)
    setup = Setup(
        modules=_modules(model),
        model=model,
        batch=first_batch(parts["data"]),
        loss_fn=loss_fn,
        optimizers=(*several(parts.get("optimizer")), *several(parts.get("extra_optimizers"))),
        schedulers=several(parts.get("scheduler")),
        train_step=own_step,
        eval_step=parts.get("eval_step"),
        hints=checked(parts.get("hints")),
        loss=loss,
        outputs=_outputs(model, loss),
        owner="" if own_step is not None else "smokealarm",
        data=parts["data"],
        validation=parts.get("validation"),
        shifted=parts.get("shifted") or {},
    )
    return _usable(setup)


def _modules(model: Any) -> Mapping[str, nn.Module]:
    if isinstance(model, nn.Module):
        return {"": model}
    named = model.items() if isinstance(model, Mapping) else enumerate(several(model))
    modules = {str(name): module for name, module in named if isinstance(module, nn.Module)}
    if not modules:
        raise FatalError(f"`model` is a {type(model).__name__}, not a torch.nn.Module", FORM)
    return modules


def _usable(setup: Setup) -> Setup:
    if setup.train_step is None:
        if setup.loss is None or not setup.optimizers:
            raise FatalError("without `train_step`, `loss_fn` and `optimizer` are needed", FORM)
        if setup.model is not setup.modules.get(""):
            raise FatalError("several models need a `train_step` of yours", FORM)
        if setup.loss_fn is not None:
            _fits(setup.loss_fn, setup.batch)
    return setup


def _fits(loss_fn: Any, batch: Any) -> None:
    """Raises FatalError where one of torch's own losses would be given the model and the batch."""
    home = str(
        getattr(type(loss_fn) if isinstance(loss_fn, nn.Module) else loss_fn, "__module__", "")
    )
    if home in ("torch.nn.modules.loss", "torch.nn.functional") and not _is_pair(batch):
        parts = f"{len(batch)} parts" if isinstance(batch, (tuple, Mapping)) else "no two parts"
        name = getattr(loss_fn, "__name__", type(loss_fn).__name__)
        raise FatalError(
            f"the batch is a {type(batch).__name__} of {parts}, and {name} wants (outputs, target)",
            "Return batches (inputs, target), or write loss_fn(model, batch).",
        )


def _loss_of(model: Any, loss_fn: Any, own_step: Any) -> Callable[[Any], Tensor] | None:
    if loss_fn is None:
        return _own_loss(model) if own_step is None and isinstance(model, nn.Module) else None
    return partial(_loss, model, loss_fn)


def _own_loss(model: nn.Module) -> Callable[[Any], Tensor] | None:
    """Of a model that returns its loss, as those of transformers do."""

    def loss(batch: Any) -> Tensor:
        outputs = forward(model, batch)
        found = outputs.get("loss") if isinstance(outputs, Mapping) else None
        if found is None:
            found = getattr(outputs, "loss", None)
        if found is None:
            kind = type(outputs).__name__
            raise FatalError(f"there is no `loss_fn`, and the model's {kind} has no `loss`", FORM)
        return found  # type: ignore[no-any-return]  # whatever the model gives

    return loss


def _loss(model: Any, loss_fn: Any, batch: Any) -> Tensor:
    """loss_fn(model(inputs), target); or loss_fn(model, batch) where the batch is no pair."""
    if _takes_model(loss_fn) or not _is_pair(batch):
        loss: Tensor = loss_fn(model, batch)
    else:
        inputs, target = batch
        loss = loss_fn(forward(model, inputs), target)
    return loss


def _outputs(model: Any, loss: Callable[[Any], Tensor] | None) -> Callable[[Any], Any] | None:
    """Of a pair, what the model makes of the inputs; of another batch, what it returns to the loss."""
    if not isinstance(model, nn.Module):
        return None

    def outputs(batch: Any) -> Any:
        if _is_pair(batch):
            return forward(model, batch[0])
        if loss is None:
            raise Inconclusive(
                f"of a batch that is a {type(batch).__name__}, the inputs of the model are not known",
                "Return batches (inputs, target), or a loss_fn(model, batch) beside your train_step.",
            )
        return last_output(model, partial(loss, batch))

    return outputs


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
