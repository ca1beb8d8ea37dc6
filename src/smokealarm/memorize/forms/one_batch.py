"""The one batch of a LightningModule: taken where its Trainer would take many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.utils.data import DataLoader

from smokealarm.errors import FatalError
from smokealarm.memorize.batch import first_batch
from smokealarm.memorize.forms.kinds import base, overrides

EPOCHS, STEPS = 10, 20  # what a program is told that it will be trained for, 200 steps in all


class OneBatch:
    """Stands where the loaders are asked for, and answers with the first batch again and again.

    A datamodule stays itself (its `setup` and its transfer hooks belong to what is tried); only its
    train_dataloader is answered for.
    """

    def __init__(self, module: Any, data: Any, libraries: tuple[str, ...]) -> None:
        self._libraries = libraries
        self.datamodule = data if base(data, "LightningDataModule", *libraries) else None
        self._source = self.datamodule if self.datamodule is not None else module
        self.data: Any = None
        self.batch: Any = None
        self.loaders: Any = None
        if data is None and not overrides(module, "train_dataloader", *libraries):
            raise FatalError(
                f"setup returned {type(module).__name__} without data",
                "Return (module, datamodule) or (module, loader), or write train_dataloader().",
            )
        if data is None or self.datamodule is not None:
            original = self._source.train_dataloader
            self._source.train_dataloader = lambda: self._taken(original())
        else:
            self.loaders = self._taken(data)

    def _taken(self, data: Any) -> list[Any]:
        if self.batch is None:
            self.data, self.batch = data, _first(data)
        return [self.batch] * STEPS

    def validation(self) -> Any:
        """What it is validated on, if that was written."""
        if not overrides(self._source, "val_dataloader", *self._libraries):
            return None
        return self._source.val_dataloader()


def _first(data: Any) -> Any:
    """The first batch; of several loaders (a dict or list of them) the first of each."""
    if isinstance(data, Mapping) and data and all(map(_is_loader, data.values())):
        return {name: first_batch(loader) for name, loader in data.items()}
    if isinstance(data, (list, tuple)) and data and all(map(_is_loader, data)):
        return [first_batch(loader) for loader in data]
    if type(data).__name__ == "CombinedLoader":
        return next(iter(data))[0]  # the batch, its number and its loader's
    return first_batch(data)


def _is_loader(value: Any) -> bool:
    return isinstance(value, DataLoader) and not isinstance(value, Tensor)
