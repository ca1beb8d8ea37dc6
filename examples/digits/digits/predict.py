"""The trained model, ready to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from safetensors.torch import load_file
from torch import nn

from digits.data import ROOT
from digits.model import DigitNet

CHECKPOINT = ROOT / "model" / "digits.safetensors"


@dataclass(frozen=True)
class Reader:
    model: nn.Module

    @torch.no_grad()
    def predict(self, batch: Sequence[Sequence[int]]) -> list[int]:
        """The digit in each image; an image is its 64 pixels, 0 to 16."""
        images = torch.tensor(batch, dtype=torch.float32)
        return self.model(images).argmax(dim=1).tolist()


def load() -> Reader:
    model = DigitNet()
    model.load_state_dict(load_file(CHECKPOINT))
    return Reader(model.eval())
