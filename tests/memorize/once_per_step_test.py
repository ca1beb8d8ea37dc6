from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.memorize.checks.once_per_step import Repeated, check
from tests.memorize.coding import answer_here
from tests.memorize.fits import findings, fit_with

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F

def setup(seed):
    model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    def train_step(batch):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        REST
        return loss

    batch = torch.randn(16, 12), torch.randint(4, (16,))
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": batch}
"""


@pytest.mark.parametrize(
    "rest",
    [
        "loss.backward(); optimizer.step()",
        "loss.backward(retain_graph=True); optimizer.zero_grad(); loss.backward(); optimizer.step()",
        "[part.backward(retain_graph=True) for part in (loss, 0.1 * loss)]; optimizer.step()",
        "(loss / 2).backward(retain_graph=True); (loss / 2).backward(); optimizer.step()",
        "loss.backward(retain_graph=True); optimizer.step(); optimizer.zero_grad();"
        " F.cross_entropy(model(batch[0]), batch[1]).backward(); optimizer.step()",
    ],
    ids=[
        "once",
        "gradients cleared in between",
        "two losses",
        "two halves",
        "two steps, each with its gradient",
    ],
)
def test_one_backward_for_a_loss_and_one_step_for_a_gradient_is_fine(
    tmp_path: Path, rest: str
) -> None:
    answer = answer_here(tmp_path, PROGRAM.replace("REST", rest), "once_per_step", steps=20)
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (
            "loss.backward(retain_graph=True); loss.backward(); optimizer.step()",
            "backward is called twice on one loss: every gradient counts double",
        ),
        (
            "loss.backward(); optimizer.step(); optimizer.step()",
            "an optimizer steps twice with one gradient",
        ),
    ],
    ids=["backward", "step"],
)
def test_what_is_done_twice_in_every_step_is_a_failure_at_its_line(
    tmp_path: Path, rest: str, said: str
) -> None:
    answer = answer_here(tmp_path, PROGRAM.replace("REST", rest), "once_per_step", steps=20)
    [finding] = answer.findings
    assert (finding.message, finding.line) == (said, 13)


def test_what_happens_in_some_steps_only_is_fine() -> None:
    assert findings(check(fit_with(Repeated(steps=7, backward=6, step=1)))) == []
