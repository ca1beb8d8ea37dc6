"""Trains the digit reader and saves its checkpoint: python -m digits.train"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from digits.data import ROOT, load_split
from digits.model import DigitNet, loss_fn

CHECKPOINT = ROOT / "model" / "digits.safetensors"
Batch = tuple[torch.Tensor, torch.Tensor]


def make_optimizer(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(model.parameters(), lr=3e-3)


def train_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch
) -> torch.Tensor:
    images, labels = batch
    optimizer.zero_grad()
    loss = loss_fn(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()


def train_epoch(
    model: nn.Module, optimizer: torch.optim.Optimizer, data: Batch, batch_size: int
) -> float:
    """One pass over the data in a random order; the mean loss of its steps."""
    images, labels = data
    losses = [
        train_step(model, optimizer, (images[rows], labels[rows]))
        for rows in torch.randperm(len(labels)).split(batch_size)
    ]
    return torch.stack(losses).mean().item()


def train(seed: int, epochs: int, batch_size: int = 32) -> nn.Module:
    torch.manual_seed(seed)
    data = load_split("train")
    model = DigitNet()
    optimizer = make_optimizer(model)
    for epoch in range(epochs):
        loss = train_epoch(model, optimizer, data, batch_size)
        if epoch % 5 == 4:
            print(f"epoch {epoch + 1}: loss {loss:.4f}")
    return model


@torch.no_grad()
def accuracy(model: nn.Module, split: str) -> float:
    images, labels = load_split(split)
    return (model(images).argmax(dim=1) == labels).float().mean().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--out", type=Path, default=CHECKPOINT)
    options = parser.parse_args()
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    model = train(options.seed, options.epochs)
    print(f"accuracy on the test split: {accuracy(model, 'test'):.3f}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(model.state_dict(), options.out)


if __name__ == "__main__":
    main()
