"""Ten healthy programs, into which faults are planted: small, and of as many kinds as ten can be."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smokealarm.memorize.forms import read
from smokealarm.memorize.setup import Setup, seed_everything
from tests.zoo import Program


class Bodied(nn.Module):
    """Layers as attributes, dropout and batch-norm between them."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.enter, self.norm = nn.Linear(12, 24), nn.BatchNorm1d(24)
        self.middle, self.drop = nn.Linear(24, 24), nn.Dropout(0.1)
        self.leave = nn.Linear(24, outputs)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.drop(self.middle(self.norm(self.enter(x)).relu()).relu())
        return self.leave(hidden)  # type: ignore[no-any-return]  # untyped call


class Reader(nn.Module):
    """A transformer over padded sequences."""

    def __init__(self, *, causal: bool) -> None:
        super().__init__()
        self.causal = causal
        self.tokens, self.pos = nn.Embedding(20, 16), nn.Embedding(8, 16)
        self.block = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)
        self.head = nn.Linear(16, 20 if causal else 3)

    def forward(self, tokens: Tensor) -> Tensor:
        length = tokens.shape[1]
        mask = torch.ones(length, length, dtype=torch.bool).triu(1) if self.causal else None
        hidden = self.tokens(tokens) + self.pos(torch.arange(length))
        hidden = self.block(hidden, src_mask=mask, src_key_padding_mask=tokens == 0)
        read: Tensor = self.head(hidden if self.causal else hidden[:, 0])
        return read


def classifier() -> object:
    model = Bodied(4)
    batch = torch.randn(16, 12), torch.randint(4, (16,))
    return model, nn.CrossEntropyLoss(), torch.optim.AdamW(model.parameters(), 1e-2), batch


def regression_with_momentum() -> object:
    model = Bodied(1)
    optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9)
    return model, nn.MSELoss(), optimizer, (torch.randn(16, 12), torch.randn(16, 1))


def tags() -> object:
    model = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Dropout(0.1), nn.Linear(32, 5))
    optimizer = torch.optim.SGD(model.parameters(), 0.5, momentum=0.9)

    def train_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(batch[0]), batch[1])
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.step()
        return loss

    def eval_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        with torch.no_grad():
            return F.binary_cross_entropy_with_logits(model(batch[0]), batch[1])

    batch = torch.randn(16, 12), torch.randint(2, (16, 5)).float()
    return {"model": model, "train_step": train_step, "eval_step": eval_step, "data": batch}


def several_tags() -> object:
    model = nn.Sequential(nn.Linear(12, 32), nn.GELU(), nn.Linear(32, 5))
    optimizers = [torch.optim.Adam(model[place].parameters(), 1e-2) for place in (0, 2)]
    batch = torch.randn(16, 12), torch.randint(2, (16, 5)).float()
    return model, nn.BCEWithLogitsLoss(), optimizers, batch


def two_optimizers() -> object:
    body, head = nn.Sequential(nn.Linear(12, 32), nn.ReLU()), nn.Linear(32, 1)
    optimizers = [torch.optim.Adam(part.parameters(), 1e-2) for part in (body, head)]

    def train_step(batch: tuple[Tensor, Tensor]) -> Tensor:
        loss = F.mse_loss(head(body(batch[0])), batch[1])
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        for optimizer in optimizers:
            optimizer.step()
        return loss

    data = [(torch.randn(16, 12), torch.randn(16, 1))]
    return {"model": {"body": body, "head": head}, "train_step": train_step, "data": data}


def reader(causal: bool) -> object:
    model, tokens = Reader(causal=causal), torch.randint(1, 20, (6, 8))
    tokens[:3, 6:] = 0
    target = tokens.roll(-1, 1) if causal else torch.randint(3, (6,))
    loss_fn = nn.CrossEntropyLoss()
    return {
        "model": model,
        "loss_fn": lambda out, y: (
            loss_fn(out.flatten(0, 1), y.flatten()) if causal else loss_fn(out, y)
        ),
        "optimizer": torch.optim.Adam(model.parameters(), 3e-3),
        "data": (tokens, target),
    }


PROGRAMS: dict[str, Callable[[], object]] = {
    "a classifier": classifier,
    "a regression": regression_with_momentum,
    "tags in a step of its own": tags,
    "several tags": several_tags,
    "a reader": lambda: reader(False),
    "a writer": lambda: reader(True),
    "another writer": lambda: Program("text", "language_model").load()(0),
    "a convolution": Program("vision", "cnn_with_batch_norm_and_dropout").load(),
    "recurrent, time first": lambda: Program("series", "lstm_with_time_first").load()(0),
    "two optimizers": two_optimizers,
}


def made(name: str) -> Setup:
    seed_everything(0)
    return read(PROGRAMS[name]())
