"""The user's own source of batches: each as the one that is learnt came out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import moved, tensors
from smokealarm.memorize.setup import Setup


def is_source(data: Any) -> bool:
    """Whether batches come from it, so that it is no batch itself."""
    if data is None or isinstance(data, (Tensor, Mapping, tuple)):
        return False
    one_batch = isinstance(data, list) and len(data) > 1 and isinstance(data[0], Tensor)
    return not one_batch and (hasattr(data, "__iter__") or hasattr(data, "__getitem__"))


def source(setup: Setup) -> Any:
    """What the batches of the training come from. Raises Unasked where there is only one."""
    if not is_source(setup.data):
        raise Unasked("`data` is one batch: there is no loader to be looked at")
    return setup.data


def batches(setup: Setup, data: Any) -> Iterator[Any]:
    """Every batch of `data`, or itself where it is one, ready for a step of the set-up."""
    for item in data if is_source(data) else [data]:
        yield ready(setup, item)


def ready(setup: Setup, item: Any) -> Any:
    """Of the kind that the set-up's own batch is, and where that is; a user's step does it itself."""
    batch = tuple(item) if isinstance(item, list) and isinstance(setup.batch, tuple) else item
    like = next(tensors(setup.batch), None)
    if setup.train_step is not None or like is None:
        return batch
    return moved(batch, like.device)


def workers(data: Any) -> int:
    return int(getattr(data, "num_workers", 0) or 0)


def in_this_process(data: Any) -> Any:
    """The same source without workers, whose lines nobody here could see."""
    if not isinstance(data, DataLoader) or not data.num_workers:
        return data
    dataset, collate = data.dataset, data.collate_fn
    if isinstance(dataset, IterableDataset):
        return DataLoader(dataset, batch_size=data.batch_size, collate_fn=collate)
    if data.batch_sampler is not None:
        return DataLoader(dataset, batch_sampler=data.batch_sampler, collate_fn=collate)
    return DataLoader(dataset, batch_size=None, sampler=data.sampler, collate_fn=collate)
