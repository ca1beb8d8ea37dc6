from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smokealarm.errors import Unasked
from smokealarm.finding import Level
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.batch_splits import Splits
from smokealarm.memorize.checks.batch_splits import check as batch_splits
from smokealarm.memorize.probes.splits import probe
from tests.memorize.fits import Given, findings, fit_with

IGNORING = torch.tensor([0, 1, 2, 0, 1, -100, -100, -100])
CROOKED = "accumulated gradients differ from those of the whole batch: its halves count for"


def of(loss_fn: Any, target: Any = None, *layers: nn.Module, samples: int = 8) -> Splits:
    def program(seed: int) -> Any:
        model = nn.Sequential(nn.Linear(5, 6), *layers, nn.Linear(6, 3))
        classes = torch.arange(samples) % 3 if target is None else target
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        return model, loss_fn, optimizer, (torch.randn(samples, 5), classes)

    return probe(Bench(program, "auto", Path.cwd(), 200), Given())


def messages(splits: Splits) -> list[str]:
    return [finding.message for finding in findings(batch_splits(fit_with(splits)))]


class TypeInside(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x @ torch.eye(6, dtype=torch.float32)


HEALTHY: list[tuple[str, Callable[[], Splits]]] = [
    ("a mean", lambda: of(nn.CrossEntropyLoss())),
    ("halves that differ in size", lambda: of(nn.CrossEntropyLoss(), samples=7)),
    ("batch-norm", lambda: of(nn.CrossEntropyLoss(), None, nn.BatchNorm1d(6))),
    ("dropout", lambda: of(nn.CrossEntropyLoss(), None, nn.Dropout(0.5))),
    ("a type written into it", lambda: of(nn.CrossEntropyLoss(), None, TypeInside())),
]


@pytest.mark.parametrize(("name", "found"), HEALTHY, ids=[name for name, _ in HEALTHY])
def test_a_loss_that_is_a_mean_gives_no_finding(name: str, found: Callable[[], Splits]) -> None:
    assert messages(found()) == []


def test_a_sum_is_told() -> None:
    assert messages(of(nn.CrossEntropyLoss(reduction="sum"))) == [
        "the loss is a sum over the batch: accumulated gradients grow with its size"
    ]


CASES: list[tuple[str, Callable[[], Splits]]] = [
    ("targets that are ignored", lambda: of(nn.CrossEntropyLoss(), IGNORING)),
    (
        "class weights",
        lambda: of(
            nn.CrossEntropyLoss(torch.tensor([1.0, 1.0, 20.0])),
            torch.tensor([0, 1, 0, 1, 2, 2, 2, 0]),
        ),
    ),
]


@pytest.mark.parametrize(("name", "found"), CASES, ids=[name for name, _ in CASES])
def test_halves_that_do_not_count_alike_are_told(name: str, found: Callable[[], Splits]) -> None:
    [message] = messages(found())
    assert message.startswith(CROOKED)


def test_a_loss_that_mixes_samples_is_not_asked() -> None:
    def negatives(out: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(out @ out.T, torch.arange(len(out)))

    with pytest.raises(Unasked, match="no sum over its samples"):
        messages(of(negatives))


def test_a_batch_that_is_too_small_is_not_asked() -> None:
    with pytest.raises(Unasked, match="four samples"):
        of(nn.CrossEntropyLoss(), samples=3)


def test_a_step_of_the_users_own_is_not_asked() -> None:
    program = SimpleNamespace(model=nn.Linear(5, 3), train_step=print, data=torch.ones(8, 5))
    with pytest.raises(Unasked, match="half a batch"):
        probe(Bench(lambda: program, "auto", Path.cwd(), 200), Given())


def test_it_warns_and_says_where() -> None:
    [finding] = findings(batch_splits(fit_with(Splits((0.8, 0.2), (0.5, 0.5), 0.0))))
    assert (finding.level, finding.path, finding.line) == (Level.WARNING, "smoke.py", 4)
