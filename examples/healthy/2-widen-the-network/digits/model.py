"""The network and its loss."""

import torch
from torch import nn

PIXELS = 64
INK = 16.0  # the darkest that a pixel can be
CLASSES = 10


class DigitNet(nn.Module):
    """An image of 8 x 8 pixels, 0 to 16, to one score for each digit."""

    def __init__(self, hidden: int = 256) -> None:
        super().__init__()
        self.hidden = nn.Linear(PIXELS, hidden)
        self.scores = nn.Linear(hidden, CLASSES)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.scores(torch.relu(self.hidden(images / INK)))


loss_fn = nn.CrossEntropyLoss()
