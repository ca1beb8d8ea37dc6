from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.memorize.checks.loss_floor import Depth, step_in_question
from smokealarm.memorize.checks.loss_floor import check as loss_floor
from smokealarm.memorize.fit import Flow, Trial
from tests.memorize.coding import answer_here
from tests.memorize.fits import findings, fit_with

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F

def setup(seed):
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
    batch = torch.randn(6, 4), torch.arange(6) % 3
    loss_fn = lambda outputs, target: LOSS
    return model, loss_fn, torch.optim.Adam(model.parameters(), 0.05), batch
"""


@pytest.mark.parametrize(
    "loss",
    [
        "F.cross_entropy(outputs, target)",
        "F.cross_entropy(outputs, target, label_smoothing=0.1)",
        "F.cross_entropy(outputs, target) - 0.1",
        "F.cross_entropy(outputs, target) - 2 * F.softmax(outputs, 1).max(1).values.mean()",
        "F.cross_entropy(outputs, F.one_hot(target, 3) * torch.rand(1).round() * 0.9 + 0.1 / 3)",
    ],
    ids=[
        "cross-entropy",
        "smoothed labels",
        "a constant taken off",
        "a bonus of its own",
        "soft targets that change at every step",
    ],
)
def test_a_loss_that_may_be_so_low_is_fine(tmp_path: Path, loss: str) -> None:
    answer = answer_here(tmp_path, PROGRAM.replace("LOSS", loss), "loss_floor", steps=60)
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        ("F.nll_loss(outputs, target)", "below its own floor of 0"),
        ("-F.cross_entropy(outputs, target)", "a loss function with its sign changed"),
    ],
    ids=["logits in nll_loss", "the sign changed"],
)
def test_a_loss_that_cannot_be_so_low_is_an_alarm(tmp_path: Path, loss: str, message: str) -> None:
    answer = answer_here(tmp_path, PROGRAM.replace("LOSS", loss), "loss_floor", steps=20)
    [finding] = answer.findings
    assert message in finding.message and finding.path == "train.py"


def test_rounding_is_no_step_in_question() -> None:
    assert step_in_question(Trial(0, 6, (2.0, 0.5, 0.49), floor=0.5)) == 0
    assert step_in_question(Trial(0, 6, (2.0, 0.5, 0.4), floor=0.5)) == 3


def test_a_floor_that_was_another_at_that_step_is_no_alarm() -> None:
    fit = fit_with(Trial(0, 6, (2.0, 0.4), floor=0.5), Depth(0.4, 0.3), Flow())
    assert findings(loss_floor(fit)) == []
