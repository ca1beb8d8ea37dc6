"""The same samples drawn twice from the user's data, and the data before and after a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import first_batch, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.batch_unchanged import Draws
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import train_step

FEWEST, MOST = 4, 64  # samples
DEEP = 3  # datasets within datasets
LARGEST = 50_000_000  # numbers of a dataset that are compared


def probe(bench: Bench, fact: Facts) -> Draws:
    """Raises Unasked where the data cannot be drawn twice."""
    setup = bench.made()
    loader = setup.data
    dataset = getattr(loader, "dataset", None)
    if _drawn_anew(loader):
        return _compared([_pair(_again(loader, bench.seed + number)) for number in (0, 1)])
    if not isinstance(loader, DataLoader) or isinstance(dataset, IterableDataset):
        raise Unasked("`data` is no DataLoader over a dataset with a length")
    return _redrawn(loader, bench)._replace(written=_written(setup, dataset))


def _redrawn(loader: Any, bench: Bench) -> Draws:
    try:
        count = min(loader.batch_size or 0, len(loader.dataset), MOST)
    except TypeError:
        return Draws()
    if count < FEWEST:
        return Draws()
    return _compared([_pair(_drawn(loader, count, bench.seed + number)) for number in (0, 1)])


def _drawn_anew(data: Any) -> bool:
    """A class of the user's own that gives its batches anew each time."""
    kinds = (DataLoader, IterableDataset, Tensor, Mapping, list, tuple, Iterator)
    return isinstance(data, Iterable) and not isinstance(data, kinds)


def _again(data: Any, seed: int) -> Any:
    seed_everything(seed)
    return first_batch(data)


def _compared(pairs: list[tuple[list[Tensor], Tensor] | None]) -> Draws:
    """The inputs of two draws, and if they are the same, the labels."""
    one, other = pairs
    if one is None or other is None or not _equal(one[0], other[0]):
        return Draws()
    before, after = one[1], other[1]
    count = len(before)
    if count < FEWEST:
        return Draws()
    if before.shape != after.shape or before.shape[:1] != (count,) or torch.equal(before, after):
        return Draws(count)
    rows = [[tuple(row.flatten().tolist()) for row in labels] for labels in (before, after)]
    relabelled = sum(first != second for first, second in zip(*rows))
    inputs = [tensor for tensor in one[0] if tensor.shape[:1] == (count,)]
    distinct = {tuple(row.flatten().tolist()) for row in inputs[0]} if inputs else set()
    shuffled = Counter(rows[0]) == Counter(rows[1]) and len(distinct) == count
    return Draws(count, relabelled, shuffled)


def _drawn(loader: Any, count: int, seed: int) -> Any:
    seed_everything(seed)
    return loader.collate_fn([loader.dataset[index] for index in range(count)])


def _pair(batch: Any) -> tuple[list[Tensor], Tensor] | None:
    """Inputs and labels, where a batch consists of the two."""
    if isinstance(batch, Mapping) and "labels" in batch:
        parts = [{key: value for key, value in batch.items() if key != "labels"}, batch["labels"]]
    elif isinstance(batch, (list, tuple)) and len(batch) == 2:
        parts = list(batch)
    else:
        return None
    if not isinstance(parts[1], Tensor) or not parts[1].dim():
        return None
    return list(tensors(parts[0])), parts[1]


def _equal(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) > 0 and all(map(torch.equal, one, other))


def _written(setup: Setup, dataset: Any) -> tuple[str, ...]:
    """What one step on a batch that is not copied changes in the tensors of the dataset."""
    stored = _stored(dataset)
    if not stored or sum(tensor.numel() for tensor in stored.values()) > LARGEST:
        return ()
    before = {name: tensor.detach().clone() for name, tensor in stored.items()}
    batch = first_batch(setup.data)
    places = {tensor.untyped_storage().data_ptr() for tensor in stored.values()}
    if not any(tensor.untyped_storage().data_ptr() in places for tensor in tensors(batch)):
        return ()  # a copy: it may be written into
    if not all(torch.equal(before[name], tensor) for name, tensor in stored.items()):
        return ()  # the dataset itself fills them: a cache
    train_step(setup)(batch)
    return tuple(name for name, tensor in stored.items() if not torch.equal(before[name], tensor))


def _stored(value: Any, path: str = "dataset", deep: int = DEEP) -> dict[str, Tensor]:
    """Tensors among the attributes of a dataset, and of those that it is made of."""
    if isinstance(value, Tensor):
        return {path: value} if value.device.type == "cpu" and value.layout == torch.strided else {}
    if not deep:
        return {}
    found: dict[str, Tensor] = {}
    if isinstance(value, (list, tuple)):
        items = [(f"{path}.{index}", item) for index, item in enumerate(value[:1000])]
    elif type(value).__module__ == "builtins" or callable(value):
        return {}
    else:
        items = (
            [(f"{path}.{name}", item) for name, item in vars(value).items()]
            if hasattr(value, "__dict__")
            else []
        )
    for name, item in items:
        found |= _stored(item, name, deep - 1)
    return found
