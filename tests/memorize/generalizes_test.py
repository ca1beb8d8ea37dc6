"""The check `generalizes`: an honest training of real tiny programs, and the judging of given losses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import Inconclusive
from smokealarm.finding import Curve, Level, Table
from smokealarm.memorize.checks import generalizes
from smokealarm.memorize.checks.generalizes import Learning, Suite
from tests.memorize.asking import Answer, of_code_here
from tests.memorize.fits import findings, fit_with

WOBBLE = (-0.02, 0.01, 0.0, 0.02, -0.01, 0.015, -0.015, 0.0)


def suite(name: str, before: float, after: float, wobble: float = 1.0) -> Suite:
    return Suite(
        name,
        tuple(before + wobble * each for each in WOBBLE),
        tuple(after + wobble * each for each in WOBBLE[::-1]),
    )


def learning(train: float, validation: float, wobble: float = 1.0, **shifted: float) -> Learning:
    return Learning(
        suite("training", 2.3, train),
        suite("validation", 2.3, validation, wobble),
        tuple(suite(name, 2.3, loss) for name, loss in shifted.items()),
        ((2.3, 2.3), (train, validation)),
        100,
    )


def told(facts: Learning, **options: Any) -> list[str]:
    return [each.message for each in findings(generalizes.check(fit_with(facts), **options))]


def test_what_holds_on_validation_is_no_finding() -> None:
    sights = list(generalizes.check(fit_with(learning(0.3, 0.4, night=0.42))))
    assert findings(sights) == []
    assert isinstance(sights[0], Curve)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (learning(0.1, 1.8), "overfit: validation is worse than training by 1.7"),
        (learning(1.6, 1.62), "underfit: 70% of the training loss is left"),
        (learning(0.3, 0.35, night=1.9), "shifted: the loss on `night` is 1.9"),
    ],
    ids=["overfit", "underfit", "shifted"],
)
def test_each_kind_is_told_and_never_an_alarm_unasked(facts: Learning, word: str) -> None:
    (finding,) = findings(generalizes.check(fit_with(facts)))
    assert finding.message.startswith(word)
    assert finding.level is Level.NOTICE
    assert "+-" in str(finding.evidence["loss, validation"])


@pytest.mark.parametrize(("limit", "level"), [(0.5, Level.FAILURE), (0.9, Level.NOTICE)])
def test_a_gap_beyond_what_is_allowed_alarms(limit: float, level: Level) -> None:
    (finding,) = findings(generalizes.check(fit_with(learning(0.1, 1.8)), at_most_gap=limit))
    assert finding.level is level


def test_intervals_that_hold_both_sides_are_inconclusive() -> None:
    with pytest.raises(Inconclusive, match="too few to tell validation against training"):
        told(learning(0.3, 0.7, wobble=20.0))


def test_a_training_that_brought_nothing_is_inconclusive() -> None:
    with pytest.raises(Inconclusive, match="nothing yet that could hold"):
        told(learning(2.3, 2.3))


def test_a_suite_of_few_parts_is_inconclusive() -> None:
    few = learning(0.3, 0.4)._replace(shifted=(Suite("night", (1.0,) * 4, (1.0,) * 4),))
    with pytest.raises(Inconclusive, match="`night` has 4 parts"):
        told(few)


PROGRAM = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

WAY = torch.randn(12, 4, generator=torch.Generator().manual_seed(5))

def split(samples, noise, turned=1.0):
    x = torch.randn(samples, 12)
    y = (turned * x @ WAY).argmax(1)
    odd = torch.rand(samples) < noise
    y = torch.where(odd, torch.randint(4, (samples,)), y)
    return DataLoader(TensorDataset(x, y), batch_size=16)

def setup(seed):
    model = nn.Sequential(nn.Linear(12, {width}), nn.ReLU(), nn.Linear({width}, 4))
    return {
        "model": model,
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": torch.optim.Adam(model.parameters(), {rate}),
        "data": split({samples}, {noise}),
        "validation": split(512, {noise}),
        "shifted": {"turned": split(512, {noise}, -1.0)},
    }
"""


def tables(found: Answer) -> list[Table]:
    return [picture for picture in found.pictures if isinstance(picture, Table)]


def answer(tmp_path: Path, patch: pytest.MonkeyPatch, **values: Any) -> Answer:
    code, known = PROGRAM, {"width": 32, "rate": 0.01, "samples": 1024, "noise": 0.0, **values}
    epochs = known.pop("epochs", 5)
    for name, value in known.items():
        code = code.replace("{" + name + "}", str(value))
    options = {"epochs": epochs}
    return of_code_here(tmp_path, patch, code, "generalizes", steps=1, seeds=1, options=options)[
        "generalizes"
    ]


def test_a_real_training_on_enough_data_holds_and_a_turned_suite_is_shifted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answer(tmp_path, monkeypatch)
    assert [message.split(":")[0] for message in found.messages] == ["shifted"]
    assert float(str(tables(found)[0].rows[0][2])) < 0.5


def test_a_real_training_on_noise_overfits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = answer(tmp_path, monkeypatch, samples=32, noise=1.0, width=256, epochs=60)
    assert found.messages[0].startswith("overfit: ")


def test_a_real_model_that_hardly_learns_underfits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answer(tmp_path, monkeypatch, rate=0.0005, width=8, epochs=2)
    assert found.messages[0].startswith("underfit: ")
