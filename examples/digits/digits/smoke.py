"""The training set-up as the smoke test sees it: the real step, on one small batch."""

from typing import Any

import torch

from digits.data import load_split
from digits.model import DigitNet, loss_fn
from digits.train import Batch, make_optimizer, train_step

EXAMPLES = 32


def setup(seed: int) -> dict[str, Any]:
    torch.manual_seed(seed)
    model = DigitNet()
    optimizer = make_optimizer(model)
    images, labels = load_split("train")

    def step(batch: Batch) -> torch.Tensor:
        return train_step(model, optimizer, batch)

    return {
        "model": model,
        "loss_fn": loss_fn,
        "optimizer": optimizer,
        "data": (images[:EXAMPLES], labels[:EXAMPLES]),
        "train_step": step,
    }
