"""How faults get at the inputs and the targets of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from smokealarm.memorize.batch import first_batch, mapped
from smokealarm.memorize.faults.planting import Edit, Unfit
from smokealarm.memorize.setup import Setup

TARGETS = ("labels", "label", "targets", "target", "y")  # what mappings call them


def shuffled(target: Tensor) -> Tensor:
    return target[torch.randperm(len(target), device=target.device)] if target.dim() else target


def first_for_all(tensor: Tensor) -> Tensor:
    return tensor[:1].expand_as(tensor).clone() if tensor.dim() else tensor


def noise(tensor: Tensor) -> Tensor:
    return torch.randn_like(tensor) if tensor.is_floating_point() else tensor


def floats(change: Edit) -> Edit:
    return lambda tensor: change(tensor) if tensor.is_floating_point() else tensor


def first_is(value: float) -> Edit:
    def change(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        tensor.view(-1)[:1] = value
        return tensor

    return floats(change)


def need_numbers(setup: Setup) -> None:
    if not any(each.is_floating_point() for each in inputs_of(setup)):
        raise Unfit("its inputs are whole numbers")


def inputs_of(setup: Setup) -> list[Tensor]:
    if found := _met(setup.batch, with_inputs):
        return found
    raise Unfit("its batch has no inputs that are known as such")


def targets_of(setup: Setup) -> list[Tensor]:
    found = _met(setup.batch, with_targets)
    if any(len(target) > 1 for target in found if target.dim()):
        return found
    raise Unfit("its batch has no targets that are known as such")


def _met(batch: Any, walk: Callable[[Any, Edit], Any]) -> list[Tensor]:
    found: list[Tensor] = []

    def meet(tensor: Tensor) -> Tensor:
        found.append(tensor)
        return tensor

    walk(batch, meet)
    return found


def with_targets(batch: Any, change: Edit) -> Any:
    """The last of a tuple, or what a mapping calls its labels."""
    if isinstance(batch, Mapping):
        return _entries(batch, lambda key: key in TARGETS, change)
    if type(batch) is tuple and len(batch) > 1:
        return (*batch[:-1], mapped(batch[-1], change))
    return batch


def with_inputs(batch: Any, change: Edit) -> Any:
    if isinstance(batch, Mapping):
        return _entries(batch, lambda key: key not in TARGETS, change)
    if type(batch) is tuple and len(batch) > 1:
        return (*(mapped(each, change) for each in batch[:-1]), batch[-1])
    return mapped(batch, change) if isinstance(batch, Tensor) else batch


def _entries(batch: Mapping[Any, Any], wanted: Callable[[Any], bool], change: Edit) -> Any:
    """The mapping with its wanted entries changed; its own type is kept where it can be."""
    changed = {k: mapped(item, change) if wanted(k) else item for k, item in batch.items()}
    try:
        return type(batch)(changed)  # type: ignore[call-arg]
    except TypeError:
        return changed


def at_every_step(setup: Setup, edit: Callable[[Any], Any]) -> Setup:
    loss, train_step = setup.loss, setup.train_step
    return setup._replace(
        loss=loss and (lambda batch: loss(edit(batch))),
        train_step=train_step and (lambda batch: train_step(edit(batch))),
    )


def edited(setup: Setup, edit: Callable[[Any], Any]) -> Setup:
    return setup._replace(batch=edit(setup.batch), data=_Edited(setup, edit))


class _Edited:
    """The same data, each batch edited as it is drawn."""

    def __init__(self, setup: Setup, edit: Callable[[Any], Any]) -> None:
        self._setup = setup
        self._edit = edit

    def __iter__(self) -> Iterator[Any]:
        data = self._setup.data
        if data is None or isinstance(data, (Tensor, Mapping, tuple)):
            yield self._edit(self._setup.batch)
        elif isinstance(data, list) and data and isinstance(data[0], Tensor):
            yield self._edit(first_batch(data))
        else:
            for batch in data:
                yield self._edit(tuple(batch) if isinstance(batch, list) else batch)
