from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from smokealarm.memorize.checks.logits_stable import Extreme
from smokealarm.memorize.checks.logits_stable import check as logits_stable
from tests.memorize.coding import answer_here
from tests.memorize.fits import fit_with

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F

def setup(seed):
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, WIDTH))
    batch = torch.randn(6, 4), TARGET
    loss_fn = lambda outputs, target: LOSS
    return model, loss_fn, torch.optim.Adam(model.parameters(), 0.05), batch
"""


def code(loss: str, binary: bool = False) -> str:
    target = "(torch.arange(6) % 2).float()[:, None]" if binary else "torch.arange(6) % 3"
    parts = {"WIDTH": "1" if binary else "3", "TARGET": target, "LOSS": loss}
    text = PROGRAM
    for name, part in parts.items():
        text = text.replace(name, part)
    return text


@pytest.mark.parametrize(
    "program",
    [
        code("F.cross_entropy(outputs, target)"),
        code("-outputs.log_softmax(1)[range(6), target].mean()"),
        code("F.binary_cross_entropy_with_logits(outputs, target)", binary=True),
        code("F.softplus(outputs * (1 - 2 * target)).mean()", binary=True),
    ],
    ids=["cross-entropy", "its parts", "binary cross-entropy", "softplus"],
)
def test_fused_forms_stay_finite(tmp_path: Path, program: str) -> None:
    answer = answer_here(tmp_path, program, "logits_stable", steps=2)
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    "program",
    [
        code("-outputs.softmax(1).log()[range(6), target].mean()"),
        code("(outputs.exp().sum(1).log() - outputs[range(6), target]).mean()"),
        code("(1 + (outputs * (1 - 2 * target)).exp()).log().mean()", binary=True),
    ],
    ids=["log(softmax)", "log(sum(exp))", "log(1 + exp)"],
)
def test_what_overflows_is_a_warning(tmp_path: Path, program: str) -> None:
    answer = answer_here(tmp_path, program, "logits_stable", steps=2)
    [finding] = answer.findings
    assert finding.message.endswith("is not finite for logits of plus and minus 500")
    assert finding.level is Level.WARNING


@pytest.mark.parametrize(
    "loss",
    ["(outputs.exp() - outputs * target).mean()", "(outputs - target).exp().mean()"],
    ids=["a Poisson likelihood", "an exponential of one's own"],
)
def test_outputs_that_are_no_logits_are_not_asked(tmp_path: Path, loss: str) -> None:
    program = code(loss, binary=True).replace("% 2", "% 5")
    assert "no logits" in answer_here(tmp_path, program, "logits_stable", steps=2).unasked


def test_a_gradient_that_is_not_finite_is_told() -> None:
    [finding] = logits_stable(fit_with(Extreme(3.0, finite_gradient=False)))
    assert finding.message.startswith("the gradient is not finite")


def test_a_pair_that_the_loss_takes_whole_is_not_asked(tmp_path: Path) -> None:
    program = (
        code("0")
        .replace("lambda outputs, target: 0", "loss_of")
        .replace(
            "def setup",
            "class Two(nn.Linear):\n    def forward(self, one, other):\n"
            "        return super().forward(one + other)\n\n"
            "def loss_of(model, batch):\n    return F.cross_entropy(model(*batch), torch.arange(6) % 3)\n\n"
            "def setup",
        )
        .replace(
            "batch = torch.randn(6, 4), torch.arange(6) % 3", "batch = [torch.randn(6, 4)] * 2"
        )
    )
    program = program.replace("batch = [", "batch = tuple([").replace("] * 2", "] * 2)")
    program = program.replace(
        "nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))", "Two(4, 3)"
    )
    answer = answer_here(tmp_path, program, "logits_stable", steps=2)
    assert (answer.doubt, answer.unasked != "") == (None, True)
