"""The table of images as a datamodule."""

from __future__ import annotations

import csv
from pathlib import Path

import lightning.pytorch as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset, random_split

TABLE = Path(__file__).parent.parent / "data" / "digits.csv"
Batches = DataLoader[tuple[Tensor, ...]]


class Digits(pl.LightningDataModule):
    """Images of 8 x 8 pixels, 0 to 1, and the digit that is on each. Training images are shifted."""

    def __init__(self, batch_size: int = 32) -> None:
        super().__init__()
        self.batch_size = batch_size

    def setup(self, stage: str) -> None:
        with TABLE.open(newline="") as file:
            rows = [[int(cell) for cell in row] for row in list(csv.reader(file))[1:]]
        table = torch.tensor(rows)
        images = table[:, 1:].float().view(-1, 1, 8, 8) / 16
        data = TensorDataset(images, table[:, 0])
        split = torch.Generator().manual_seed(0)
        self.train, self.held_out = random_split(data, [0.8, 0.2], split)

    def train_dataloader(self) -> Batches:
        return DataLoader(self.train, self.batch_size, shuffle=True)

    def val_dataloader(self) -> Batches:
        return DataLoader(self.held_out, self.batch_size)

    def on_after_batch_transfer(self, batch: list[Tensor], dataloader_idx: int) -> list[Tensor]:
        """Shift the training images by a pixel or none: their writers were not exact."""
        images, labels = batch
        if self.trainer is not None and self.trainer.training:
            step = int(torch.randint(-1, 2, ()))
            images = images.roll(step, dims=3)
        return [images, labels]
