"""The one batch that is learnt: taken once, brought to its device, made smaller."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset

from smokealarm.errors import FatalError


def first_batch(data: Any) -> Any:
    """The data if it is a batch (tensor, tuple, mapping, list of tensors), else its first item.

    A list of one tensor holds one batch: it cannot be (inputs, target).
    """
    if isinstance(data, (Tensor, Mapping, tuple)):
        return data
    if isinstance(data, list) and len(data) > 1 and isinstance(data[0], Tensor):
        return tuple(data)
    if isinstance(data, Dataset):
        raise FatalError(
            "`data` is a Dataset: its items are samples, not batches",
            "Return a DataLoader over it, or one batch (inputs, target).",
        )
    try:
        batch = next(iter(data))
    except TypeError:
        kind = type(data).__name__
        raise FatalError(
            f"`data` is a {kind}, which is neither a batch nor something to take batches from",
            "Return one batch (inputs, target), or a DataLoader.",
        ) from None
    except StopIteration:
        raise FatalError("`data` is empty", "The check needs one batch.") from None
    return tuple(batch) if isinstance(batch, list) else batch


def mapped(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same structure with every tensor changed."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, Mapping):
        changed = {key: mapped(item, change) for key, item in value.items()}
        return changed if type(value) is dict else _like(value, changed)
    if isinstance(value, tuple) and hasattr(value, "_fields"):  # PackedSequence is one, too
        return type(value)(*(mapped(item, change) for item in value))
    if isinstance(value, (list, tuple)):
        return type(value)(mapped(item, change) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replaced(value, lambda item: mapped(item, change))
    return value


def replaced(value: Any, change: Callable[[Any], Any]) -> Any:
    """A dataclass with every field changed, without its __init__, which may ask for other things."""
    changed = copy.copy(value)
    for field in fields(value):
        object.__setattr__(changed, field.name, change(getattr(value, field.name)))
    return changed


def _like(value: Any, items: dict[Any, Any]) -> Any:
    """Mappings such as BatchEncoding are made from a dict; others stay a dict."""
    try:
        return type(value)(items)
    except TypeError:
        return items


def tensors(value: Any) -> Iterator[Tensor]:
    found: list[Tensor] = []
    # `append` returns None, which mypy does not like to see used.
    mapped(value, lambda tensor: found.append(tensor) or tensor)  # type: ignore[func-returns-value]
    return iter(found)


def moved(batch: Any, device: torch.device) -> Any:
    if hasattr(batch, "to") and not isinstance(batch, Tensor):
        return batch.to(device)
    return mapped(batch, lambda tensor: tensor.to(device))


def fresh(batch: Any) -> Any:
    """A copy for one step, as from a loader: what augments in place must not add up over steps."""
    try:
        return copy.deepcopy(batch)
    except Exception:  # it cannot be copied, a tensor within a graph for one
        return batch


def size(batch: Any) -> int | None:
    """How many samples, if all tensors agree on their first dimension."""
    if _packed(batch):
        return None
    lengths = {tensor.shape[0] for tensor in tensors(batch) if tensor.dim()}
    return lengths.pop() if len(lengths) == 1 else None


def shrunk(batch: Any, samples: int) -> Any:
    """The first samples only."""
    return sliced(batch, 0, samples)


def sliced(batch: Any, start: int, end: int) -> Any:
    """The samples from `start` to `end`; lists that run along with them are cut, too."""
    whole = size(batch)

    def cut(value: Any) -> Any:
        if isinstance(value, Tensor):
            return value[start:end].clone() if value.dim() else value
        if isinstance(value, Mapping):
            return _like(value, {key: cut(item) for key, item in value.items()})
        if isinstance(value, list) and len(value) == whole:
            return value[start:end]
        if is_dataclass(value) and not isinstance(value, type):
            return replaced(value, cut)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*(cut(item) for item in value))
        if isinstance(value, (list, tuple)):
            return type(value)(cut(item) for item in value)
        return value

    return cut(batch)


def part(batch: Any, rank: int, world: int) -> Any:
    """The share of one of several processes, of a batch that can be shared out evenly."""
    samples = (size(batch) or 0) // world
    return mapped(
        batch,
        lambda tensor: (
            tensor[rank * samples : (rank + 1) * samples].clone() if tensor.dim() else tensor
        ),
    )


def joined(batches: Sequence[Any]) -> Any:
    """The batches of several processes as one."""
    rows = [list(tensors(batch)) for batch in batches]
    columns = iter([torch.cat(row) if row[0].dim() else row[0] for row in zip(*rows)])
    return mapped(batches[0], lambda _: next(columns))


def _packed(batch: Any) -> bool:
    if isinstance(batch, torch.nn.utils.rnn.PackedSequence):
        return True
    items = batch.values() if isinstance(batch, Mapping) else batch
    return isinstance(items, (list, tuple)) and any(_packed(item) for item in items)
