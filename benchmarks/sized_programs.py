"""Two programs of a realistic small size, a million parameters each, for what the zoo's toys do not cost."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(width), nn.BatchNorm2d(width)])

    def forward(self, images: Tensor) -> Tensor:
        inner = functional.relu(self.norms[0](self.first(images)))
        found: Tensor = functional.relu(images + self.norms[1](self.second(inner)))
        return found


def conv_net_of_a_million(seed: int) -> Any:
    model = nn.Sequential(
        nn.Conv2d(3, 32, 3, 2, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        Residual(32),
        nn.Conv2d(32, 96, 3, 2, padding=1),
        *[Residual(96) for _ in range(3)],
        nn.Conv2d(96, 160, 3, 2, padding=1),
        Residual(160),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(160, 10),
    )
    optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9, weight_decay=1e-4)
    batch = torch.randn(8, 3, 32, 32), torch.randint(10, (8,))
    return model, nn.CrossEntropyLoss(), optimizer, batch


class Decoder(nn.Module):
    def __init__(self, vocabulary: int, width: int, length: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(length, width)
        layer = nn.TransformerEncoderLayer(
            width, 4, 4 * width, 0.1, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, 4, nn.LayerNorm(width), False)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, tokens: Tensor) -> Tensor:
        length = tokens.shape[1]
        mask = nn.Transformer.generate_square_subsequent_mask(length)
        inner = self.tokens(tokens) / 4 + self.places(torch.arange(length)) / 4
        found: Tensor = self.head(self.layers(inner, mask=mask, is_causal=True)) / 4
        return found


def transformer_of_a_million(seed: int) -> Any:
    model = Decoder(1024, 128, 32)

    def loss_fn(logits: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(logits.flatten(0, 1), target.flatten())

    text = torch.randint(1024, (8, 33))
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    return {
        "model": model,
        "loss_fn": loss_fn,
        "optimizer": optimizer,
        "data": (text[:, :-1], text[:, 1:]),
        "hints": {"causal": True},
    }


PROGRAMS = [conv_net_of_a_million, transformer_of_a_million]
