from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.memorize.checks.finite import Bad, Origin
from smokealarm.memorize.checks.finite import check as finite
from smokealarm.memorize.fit import Flow, Trial
from tests.memorize.coding import answer_here
from tests.memorize.fits import findings, fit_with

PROGRAM = """
import math
import torch
from torch import nn
from torch.nn import functional as F

class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        x = self.fc(x)
        return BODY  # here

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(4, 16), Head()

    def forward(self, x):
        return self.head(self.body(x).relu())

def setup(seed):
    model = Net()
    inputs, target = torch.randn(6, 4), torch.arange(6) % 3
    BATCH
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    return dict(model=[model] if WHOLE else model, loss_fn=F.cross_entropy, optimizer=optimizer,
        data=(inputs, target)) | STEP(model, optimizer)

def no_step(model, optimizer):
    return {}

def scaled_step(model, optimizer):
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**120)
    def train_step(batch):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        scaler.scale(loss * 1e5).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss
    return {"train_step": train_step}

def plain_step(model, optimizer):
    def train_step(batch):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        return loss
    return {"train_step": train_step}
"""
LINE = 1 + next(i for i, text in enumerate(PROGRAM.splitlines()) if "# here" in text)


def code(body: str = "x", batch: str = "", step: str = "no_step", whole: bool = False) -> str:
    text = PROGRAM.replace("BODY", body).replace("BATCH", batch).replace("STEP", step)
    return text.replace("WHOLE", str(whole))


@pytest.mark.parametrize(
    "program",
    [
        code(),
        code("x.masked_fill(torch.tensor([False, False, True]), -math.inf)[:, :2]", "target %= 2"),
        code("x + torch.full((6, 6), -math.inf).triu(1).softmax(1)[:, :3]"),
        code("x", step="scaled_step"),
    ],
    ids=["plain", "a mask of minus infinity", "a causal mask", "steps that a GradScaler skips"],
)
def test_infinities_on_purpose_are_fine(tmp_path: Path, program: str) -> None:
    answer = answer_here(tmp_path, program, "finite", steps=5)
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (code("(x - x.detach() - 1).log()"), "the forward pass became NaN or infinite at step 1"),
        (code("(x - x.detach()).square().sum(1, True).sqrt() + x"), "the gradient became NaN"),
    ],
    ids=["forward", "backward"],
)
def test_the_module_and_the_line_are_told(tmp_path: Path, program: str, message: str) -> None:
    answer = answer_here(tmp_path, program, "finite", steps=5)
    [finding] = answer.findings
    assert message in finding.message
    assert (finding.path, finding.line) == ("train.py", LINE)
    assert finding.evidence["module"] == "head"


def test_the_name_of_one_of_several_models_is_part_of_the_path(tmp_path: Path) -> None:
    program = code("(x - x.detach() - 1).log()", step="plain_step", whole=True)
    answer = answer_here(tmp_path, program, "finite", steps=5)
    assert answer.findings[0].evidence["module"] == "0.head"


@pytest.mark.parametrize(
    ("batch", "where"),
    [("inputs[2, 1] = math.nan", "inputs"), ("target = target.float() * math.nan", "target")],
    ids=["inputs", "target"],
)
def test_a_nan_in_the_batch_is_said_as_such(tmp_path: Path, batch: str, where: str) -> None:
    program = code("x[:, 0]" if where == "target" else "x", batch)
    answer = answer_here(tmp_path, program, "finite", steps=5)
    assert answer.messages == [f"the batch, at {where}, holds NaN before anything is computed"]


def test_a_finite_loss_asks_for_no_second_run() -> None:
    assert findings(finite(fit_with(Trial(0, 4, (1.0, 0.5))))) == []


def test_after_some_steps_the_learning_rate_is_looked_at() -> None:
    trial = Trial(0, 4, (1.0, 5.0, 90.0, 1e9, float("nan")))
    bad = Origin(Bad(5, "the forward pass", "linear", "head"))
    [finding] = findings(finite(fit_with(trial, bad, Flow())))
    assert "learning rate that is too high" in finding.remedy
