"""Checks of things that one batch does not show in its loss: each on a healthy program and a faulty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from smokealarm.memorize.checks.stays_learnt import check as stays_learnt
from smokealarm.memorize.fit import Flow, Trial
from tests.memorize.coding import answer_here
from tests.memorize.fits import findings, fit_with

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(12, 32), nn.Linear(32, 4)
        self.places = nn.Embedding(99, 32)

    def forward(self, x):
        hidden = self.first(x)
        HIDDEN
        return self.last(hidden.relu())

def setup(seed):
    model, x, y = Net(), torch.randn(16, 12), torch.arange(16) % 4
    MADE
    def loss_fn(outputs, target):
        return F.cross_entropy(LOSS)
    return model, loss_fn, torch.optim.Adam(model.parameters(), 1e-2), (x, y)
"""


def code(hidden: str = "pass", made: str = "pass", loss: str = "outputs, target") -> str:
    return PROGRAM.replace("HIDDEN", hidden).replace("MADE", made).replace("LOSS", loss)


HEALTHY = {
    "samples_counted": {
        "an ordinary loss": code(),
        "some classes left out": code(
            loss="outputs, target, weight=torch.tensor([1.0, 1.0, 0.0, 0.0])"
        ),
        "a few labels": code(
            loss="outputs, torch.where(torch.arange(len(target)) < 3, target, -100)"
        ),
        "a batch of one": code(made="x, y = x[:1], y[:1]"),
    },
    "batch_sound": {
        "an ordinary batch": code(),
        "large inputs": code(made="x = x * 1e6"),
        "inputs scaled in place": code(hidden="hidden = self.first(x.mul_(0.5))"),
    },
    "symmetry_broken": {
        "layers at random": code(),
        "a last layer of ones": code(made="nn.init.ones_(model.last.weight)"),
        "a layer that begins at zero": code(made="nn.init.zeros_(model.last.weight)"),
    },
    "digits_kept": {
        "an ordinary model": code(),
        "a rounding": code(hidden="hidden = (hidden * 16).round() / 16"),
        "half precision inside": code(hidden="hidden = hidden.bfloat16().to(hidden.dtype)"),
    },
    "batch_order": {
        "an ordinary model": code(),
        "places of features": code(hidden="hidden = hidden + self.places.weight[0]"),
    },
}
FAULTY = {
    "samples_counted": [
        (code(loss="outputs[:1], target[:1]"), "given the outputs of one sample of 16"),
        (code(loss="outputs[0], target[0]"), "given the outputs of one sample of 16"),
        (
            code(loss="outputs, torch.where(torch.arange(len(target)) < 1, target, -100)"),
            "ignores 15 of 16 targets",
        ),
        (
            code(loss="outputs, target, weight=torch.tensor([1.0, 0.0, 0.0, 0.0])"),
            "a weight of zero for every class but one",
        ),
        (code(loss="outputs, target, ignore_index=0"), "ignores class 0"),
    ],
    "batch_sound": [
        (code(made="x[0, 0] = 1e30"), "their squares are infinite"),
        (code(made="x = x[:1].expand(16, -1).clone()"), "the same inputs"),
        (code(made="x = x * 0"), "every number of the inputs is zero"),
        (code(made="x[:, 3] = y.float()"), "column 3 of the inputs is the target"),
        (code(made="y = y * 0"), "all targets of the batch are the same"),
        (code(loss="outputs, target.fill_(2)"), "writes over the targets"),
    ],
    "symmetry_broken": [
        (
            code(made="[nn.init.constant_(p, 0.01) for p in model.parameters() if p.dim() > 1]"),
            "all units of a layer begin with the same weights",
        )
    ],
    "digits_kept": [
        (code(hidden="hidden = (hidden + 1e7) - 1e7"), "the outputs are mostly rounding")
    ],
    "batch_order": [
        (
            code(hidden="hidden = hidden + self.places(torch.arange(x.size(0)))"),
            "16 copies of one sample in a batch get different outputs",
        )
    ],
}
WARNED = ("ignores class 0", "is zero", "is the target", "are the same")


@pytest.mark.parametrize(
    ("check", "program"),
    [(check, program) for check, programs in HEALTHY.items() for program in programs.values()],
    ids=[f"{check}, {name}" for check, programs in HEALTHY.items() for name in programs],
)
def test_healthy_programs_are_told_nothing(tmp_path: Path, check: str, program: str) -> None:
    answer = answer_here(tmp_path, program, check, steps=3)
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    ("check", "program", "said"),
    [(check, *rest) for check, cases in FAULTY.items() for rest in cases],
    ids=[f"{check}, {said}" for check, cases in FAULTY.items() for _, said in cases],
)
def test_faults_that_the_loss_hides_are_told(
    tmp_path: Path, check: str, program: str, said: str
) -> None:
    [finding] = answer_here(tmp_path, program, check, steps=3).findings
    assert said in finding.message
    assert (finding.level is Level.WARNING) == said.endswith(WARNED)


FALL = tuple(1.4 * 0.9**step for step in range(60))


def test_a_batch_that_stays_learnt_is_fine() -> None:
    spike = (*FALL, *[9.0] * 3, *FALL[-7:])
    for losses in (FALL, spike, (1.4,) * 60, FALL[:20]):
        assert findings(stays_learnt(fit_with(Trial(0, 16, losses, floor=0.0)))) == []


def test_a_batch_that_is_lost_again_is_a_failure() -> None:
    trial = Trial(0, 16, (*FALL, *[50.0] * 20), floor=0.0)
    [finding] = findings(stays_learnt(fit_with(trial, Flow())))
    assert finding.message.endswith("the fit ends at 50, above the 1.4 that it began with")
