"""The images of scikit-learn's digits, as the Trainer wants them."""

from __future__ import annotations

import torch
from sklearn.datasets import load_digits
from torch import Tensor
from torch.utils.data import Dataset


class Digits(Dataset[dict[str, Tensor]]):
    """Images of 8 x 8 pixels, 0 to 1. Every fifth one is held out."""

    def __init__(self, held_out: bool = False) -> None:
        images, labels = load_digits(return_X_y=True)
        chosen = (torch.arange(len(images)) % 5 == 0) == held_out
        self.images = torch.tensor(images).float()[chosen].view(-1, 1, 8, 8) / 16
        self.labels = torch.tensor(labels)[chosen]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        return {"pixel_values": self.images[index], "labels": self.labels[index]}
