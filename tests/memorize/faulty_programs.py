"""Training set-ups with one fault each: every one of them must raise an alarm."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Batch = tuple[Tensor, Tensor]


def labelled(samples: int = 16) -> Batch:
    return torch.randn(samples, 12), torch.randint(4, (samples,))


def perceptron() -> nn.Sequential:
    return nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))


def zero_grad_between_backward_and_step(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.SGD(model.parameters(), 0.5)

    def train_step(batch: Batch) -> Tensor:
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.zero_grad()
        optimizer.step()  # here
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


def optimizer_over_another_model(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    return copy.deepcopy(model), nn.CrossEntropyLoss(), optimizer, labelled()


def detached_loss(seed: int) -> Any:
    model = perceptron()

    def loss_fn(outputs: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(outputs.detach(), target)

    return model, loss_fn, torch.optim.Adam(model.parameters(), 1e-2), labelled()


def learning_rate_far_too_small(seed: int) -> Any:
    model = perceptron()
    return model, nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), 1e-5), labelled()


def learning_rate_absurdly_high(seed: int) -> Any:
    model = perceptron()
    return model, nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), 1e6), labelled()


def sign_of_the_loss_reversed(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    def train_step(batch: Batch) -> Tensor:
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        (-loss).backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.step()
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


class LogOfZero(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = perceptron()

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.body(x).relu()
        return scores.log()  # here


def log_of_zero(seed: int) -> Any:
    model = LogOfZero()
    return model, nn.NLLLoss(), torch.optim.Adam(model.parameters(), 1e-2), labelled()


def square_root_at_zero(seed: int) -> Any:
    """The loss itself is finite: the gradient is not."""
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch: Batch) -> Tensor:
        outputs = model(batch[0])
        distance = (outputs - outputs).pow(2).sum().sqrt()  # here
        loss = F.cross_entropy(outputs, batch[1]) + distance
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss  # type: ignore[no-any-return]  # a module's call is untyped

    return {"model": model, "train_step": train_step, "data": labelled()}


def labels_shuffled_at_every_step(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch: Batch) -> Tensor:
        inputs, target = batch
        loss = F.cross_entropy(model(inputs), target[torch.randperm(len(target))])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.step()
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


def everything_frozen(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    return model.requires_grad_(False), nn.CrossEntropyLoss(), optimizer, labelled()


def softmax_over_the_batch(seed: int) -> Any:
    model = nn.Sequential(perceptron(), nn.Softmax(dim=0))
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), labelled()


def softmax_over_one_output(seed: int) -> Any:
    model = nn.Sequential(nn.Linear(12, 1), nn.Softmax(dim=1))
    data = torch.randn(16, 12), torch.rand(16, 1).round()
    return model, nn.BCELoss(), torch.optim.Adam(model.parameters(), 1e-2), data


def backward_forgotten(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch: Batch) -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.step()
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


def zero_grad_forgotten(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.SGD(model.parameters(), 1e-2)

    def train_step(batch: Batch) -> Tensor:
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.step()
        return loss

    return {"model": model, "train_step": train_step, "data": labelled()}


def inputs_that_do_not_arrive(seed: int) -> Any:
    model = nn.Sequential(nn.Threshold(1e9, 0.0), perceptron())
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), labelled()


class Mixes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = perceptron()

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x - x.mean(0))  # type: ignore[no-any-return]  # a module's call is untyped


def samples_that_mix(seed: int) -> Any:
    model = Mixes()
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), labelled()


def layer_replaced_after_the_optimizer_was_made(seed: int) -> Any:
    model = perceptron()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    model[2] = nn.Linear(32, 4)
    return model, nn.CrossEntropyLoss(), optimizer, labelled()
