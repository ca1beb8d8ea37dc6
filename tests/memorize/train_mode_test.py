from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import Unasked
from smokealarm.finding import Level
from smokealarm.memorize.checks.train_mode import Mode, Modes
from smokealarm.memorize.checks.train_mode import check as train_mode
from smokealarm.memorize.fit import Flow
from tests.memorize.coding import answer_here
from tests.memorize.fits import findings, fit_with

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F

def setup(seed):
    body = nn.Sequential(nn.Linear(12, 32), nn.BatchNorm1d(32), nn.ReLU())
    model = nn.Sequential(body, nn.Dropout(SHARE), nn.Linear(32, 4))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    calls = iter(range(10**6))

    def train_step(batch):
        BEFORE
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        AFTER
        return loss

    data = (torch.randn(16, 12), torch.randint(4, (16,)))
    return {"model": model, "train_step": train_step, "data": data}
"""


def program(before: str = "pass", after: str = "pass", share: str = "0.1") -> str:
    return PROGRAM.replace("BEFORE", before).replace("AFTER", after).replace("SHARE", share)


EVALUATED = "model.eval()\n        with torch.no_grad(): model(batch[0])"
HEALTHY = {
    "a loop that never changes the mode": program(),
    "an evaluation after every step, and back": program("model.train()", EVALUATED),
    "batch-norm that is kept in eval mode": program("model.train(); body[1].eval()"),
    "a body that is kept in eval mode": program("model.train(); body.eval()"),
    "dropout of zero, in eval mode without batch-norm's help": program(
        "model.train(); model[1].eval()", share="0.0"
    ),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_program_gives_no_finding(name: str, tmp_path: Path) -> None:
    answer = answer_here(tmp_path, HEALTHY[name], "train_mode", steps=20)
    assert (answer.messages, answer.doubt) == ([], None)


FAULTS = {
    "eval before every step": (program("model.eval()"), "in every training step"),
    "eval after the first step": (program(after=EVALUATED), "from step 2 on"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_model_left_in_eval_mode_is_a_warning(name: str, tmp_path: Path) -> None:
    code, since = FAULTS[name]
    answer = answer_here(tmp_path, code, "train_mode", steps=20)
    assert answer.messages == [
        f"{since} the model is in eval mode, and with it BatchNorm1d and Dropout"
    ]
    assert answer.findings[0].level is Level.WARNING


def test_nine_tenths_dropped_is_a_warning(tmp_path: Path) -> None:
    answer = answer_here(tmp_path, program(share="0.9"), "train_mode", steps=20)
    assert answer.messages == ["Dropout `1` drops 90% of what it is given"]
    assert answer.findings[0].level is Level.WARNING


def test_everything_dropped_on_the_only_path_is_a_failure(tmp_path: Path) -> None:
    answer = answer_here(tmp_path, program(share="1.0"), "train_mode", steps=20)
    assert answer.messages == ["Dropout `1` drops 100% of what it is given"]
    assert answer.findings[0].level is Level.FAILURE


def test_everything_dropped_on_a_branch_is_a_warning() -> None:
    names = frozenset("a")
    flow, mode = Flow(names, names, names, names), Mode(
        "branch", "Dropout", 1.0, trained=8, calls=8
    )
    [finding] = findings(train_mode(fit_with(Modes((mode,)), flow)))
    assert finding.level is Level.WARNING


LEFT = Mode("norm", "BatchNorm1d", None, calls=8, last_step=8, root_in_eval=8)


def test_the_mode_in_a_loop_of_our_own_stays_unasked() -> None:
    with pytest.raises(Unasked, match="smokealarm owns the loop"):
        findings(train_mode(fit_with(Modes((LEFT,)), Flow(), owner="smokealarm")))


def test_a_mode_that_a_hook_has_set_in_a_loop_of_others_is_a_warning() -> None:
    [finding] = findings(train_mode(fit_with(Modes((LEFT,)), Flow(), owner="the Trainer")))
    assert finding.level is Level.WARNING
