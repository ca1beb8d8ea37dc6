from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smokealarm.errors import Inconclusive, Unasked
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.labels_matter import Control
from smokealarm.memorize.checks.labels_matter import check as labels_matter
from smokealarm.memorize.probes.labels import probe
from tests.memorize.fits import Given, findings, fit_with

CLASSES = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
NUMBERS = torch.linspace(-1.0, 1.0, 8)[:, None]


def of(
    model: nn.Module, data: Any, loss_fn: Any = F.cross_entropy, own_step: bool = False
) -> Control:
    def program(seed: int) -> Any:
        optimizer = torch.optim.Adam(model.parameters(), 0.02)

        def train_step(batch: Any) -> Tensor:
            optimizer.zero_grad()
            loss: Tensor = loss_fn(model, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            return loss

        parts = {"model": model, "optimizer": optimizer, "data": data}
        return {**parts, **({"train_step": train_step} if own_step else {"loss_fn": loss_fn})}

    return probe(Bench(program, "auto", Path.cwd(), 150), Given())


def messages(control: Control) -> list[str]:
    return [
        finding.message.partition(":")[0] for finding in findings(labels_matter(fit_with(control)))
    ]


def perceptron(out: int = 3) -> nn.Module:
    return nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, out))


def inputs() -> Tensor:
    return torch.randn(8, 5, generator=torch.Generator().manual_seed(0))


class ByPlace(nn.Module):
    """It knows a sample by its place in the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.table(torch.arange(len(x))) + 0 * x.sum()  # type: ignore[no-any-return]


class Leaking(nn.Module):
    """It is given the labels along with the inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 3)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return self.fc(torch.cat([0.01 * x, F.one_hot(labels, 3).float()], 1))  # type: ignore[no-any-return]


def of_mapping(model: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    given = (batch["x"], batch["labels"]) if isinstance(model, Leaking) else (batch["x"],)
    return F.cross_entropy(model(*given), batch["labels"])


def blind_to_labels(model: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    return F.cross_entropy(model(batch["x"]), CLASSES)


BATCH = {"x": inputs(), "labels": CLASSES}


@pytest.mark.parametrize(
    "found",
    [
        lambda: of(perceptron(), (inputs(), CLASSES)),
        lambda: of(perceptron(1), (inputs(), NUMBERS), nn.MSELoss()),
        lambda: of(perceptron(5), (inputs(), inputs()), nn.MSELoss()),
        lambda: of(perceptron(), BATCH, of_mapping),
        lambda: of(perceptron(), BATCH, of_mapping, own_step=True),
    ],
    ids=["classes", "numbers", "an autoencoder", "a mapping", "a step of the user's own"],
)
def test_a_program_that_learns_its_labels_gives_no_finding(found: Any) -> None:
    control = found()
    assert messages(control) == [] and control.own < control.constant / 2


FAULTY = [
    ("labels that are not looked at", perceptron, blind_to_labels, False, "other labels make no"),
    ("the same in an own step", perceptron, blind_to_labels, True, "other labels make no"),
    ("labels among the inputs", Leaking, of_mapping, False, "other labels make no"),
    ("a place for an input", ByPlace, of_mapping, False, "the batch was learnt without looking"),
]


@pytest.mark.parametrize(
    ("name", "model", "loss_fn", "own", "message"), FAULTY, ids=[each[0] for each in FAULTY]
)
def test_a_leak_is_found(name: str, model: Any, loss_fn: Any, own: bool, message: str) -> None:
    torch.manual_seed(0)
    [found] = messages(of(model(), BATCH, loss_fn, own))
    assert found.startswith(message)


def test_a_batch_without_labels_is_not_asked() -> None:
    with pytest.raises(Unasked, match="which part"):
        of(perceptron(), torch.randn(8, 5), of_mapping)


def test_labels_that_are_places_in_the_batch_are_not_asked() -> None:
    with pytest.raises(Unasked, match="places of the samples"):
        of(perceptron(8), (inputs(), torch.arange(8)))


def test_labels_that_are_all_the_same_are_not_asked() -> None:
    with pytest.raises(Unasked, match="the same label"):
        of(perceptron(), (inputs(), torch.zeros(8, dtype=torch.long)))


def test_the_hint_settles_it() -> None:
    with pytest.raises(Unasked, match="the hints say"):
        list(labels_matter(fit_with(hints={"targets_unused": True})))


def test_the_mean_alone_tells_nothing() -> None:
    """Numbers around a thousand: most of the loss is gone when only their mean is known."""
    with pytest.raises(Inconclusive, match="not learnt far enough"):
        messages(Control(own=0.9, labels_moved=0.91, inputs_moved=0.9, constant=1.0))
