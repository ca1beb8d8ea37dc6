from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from tests.memorize.coding import answer_here

PROGRAM = """
import copy
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter, self.norm = nn.Linear(12, 16), nn.BatchNorm1d(16)
        self.drop, self.leave = nn.Dropout(0.3), nn.Linear(16, 4)
        self.register_buffer("calls", torch.zeros(()))
        self.state = 0.0

    def forward(self, x):
        hidden = self.drop(self.norm(self.enter(x)).relu())
        INSIDE
        return self.leave(hidden)

def setup(seed):
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    average = copy.deepcopy(model.state_dict())

    def eval_step(batch):
        EVALUATE
        return F.cross_entropy(model(batch[0]), batch[1])

    return {"model": model, "loss_fn": nn.CrossEntropyLoss(), "optimizer": optimizer, OWN
            "data": (torch.randn(16, 12), torch.randint(4, (16,))), "hints": HINTS}
"""


def program(inside: str = "pass", evaluate: str = "", hints: str = "{}") -> str:
    code = PROGRAM.replace("INSIDE", inside).replace("HINTS", hints)
    own = '"eval_step": eval_step,' if evaluate else ""
    return code.replace("EVALUATE", evaluate or "pass").replace("OWN", own)


NOISE = "hidden = hidden + 0.1 * torch.randn_like(hidden)"
HEALTHY = {
    "dropout and batch-norm": program(),
    "functional dropout that knows its mode": program("hidden = F.dropout(hidden, 0.5, self.training)"),
    "an eval step of its own": program(evaluate="model.eval()"),
    "a counter": program("self.calls += 1"),
    "weights swapped for their average and back": program(
        evaluate="""own = copy.deepcopy(model.state_dict()); model.load_state_dict(average)
        F.cross_entropy(model(batch[0]), batch[1]); model.load_state_dict(own)"""
    ),
    "noise that is declared": program(NOISE, hints='{"stochastic_forward": True}'),
    "attention without dropout in eval mode": program(
        "h = hidden[None]; hidden = F.scaled_dot_product_attention(h, h, h,"
        " dropout_p=0.3 if self.training else 0.0)[0]"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_program_gives_no_finding(name: str, tmp_path: Path) -> None:
    answer = answer_here(tmp_path, HEALTHY[name], "eval_pure", steps=20)
    assert (answer.messages, answer.doubt) == ([], None)


FAILURES = {
    "functional dropout": (
        program("hidden = F.dropout(hidden, 0.5)"),
        "in eval mode dropout still drops",
        "F.dropout(",
    ),
    "dropout in attention": (
        program("h = hidden[None]; hidden = F.scaled_dot_product_attention(h, h, h, dropout_p=0.3)[0]"),
        "in eval mode scaled_dot_product_attention still drops",
        "dropout_p",
    ),
    "an eval step in training mode": (
        program(evaluate="model.train()"),
        "the evaluation changes the statistics of batch-norm: norm.running_mean, norm.running_var",
        "def setup",
    ),
    "an eval step that trains": (
        program(evaluate="""with torch.enable_grad():
            F.cross_entropy(model(batch[0]), batch[1]).backward(); optimizer.step()"""),
        "the evaluation changes parameters: enter.bias, enter.weight, leave.bias, leave.weight",
        "def setup",
    ),
    "an eval step that prunes": (
        program(evaluate="model.leave.weight.mul_(model.leave.weight.abs() > 0.1)"),
        "the evaluation changes parameters: leave.weight",
        "def setup",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_a_fault_is_a_failure_on_the_users_line(name: str, tmp_path: Path) -> None:
    code, message, line = FAILURES[name]
    [finding] = answer_here(tmp_path, code, "eval_pure", steps=20).findings
    assert finding.message.startswith(message)
    assert finding.level is Level.FAILURE
    assert line in code.splitlines()[(finding.line or 0) - 1]


WARNINGS = {
    "noise that nobody declared": (program(NOISE), "the evaluation is random (randn_like)"),
    "a state that is carried on": (
        program("hidden = hidden + self.state; self.state = 0.5 * hidden.detach()"),
        "two evaluations of the same batch differ",
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_may_be_meant_is_a_warning(name: str, tmp_path: Path) -> None:
    code, message = WARNINGS[name]
    [finding] = answer_here(tmp_path, code, "eval_pure", steps=20).findings
    assert finding.message.startswith(message)
    assert finding.level is Level.WARNING


GENERATIVE = {
    "mean and spread from the model": "hidden = hidden + hidden.exp() * torch.randn_like(hidden)",
    "a distribution of torch's": "hidden = torch.distributions.Normal(hidden, hidden.exp()).rsample()",
    "noise that a layer is given": "hidden = hidden + self.enter(torch.randn_like(x))",
}  # fmt: skip


@pytest.mark.parametrize("name", GENERATIVE)
def test_what_a_generative_model_samples_is_left_alone(name: str, tmp_path: Path) -> None:
    answer = answer_here(tmp_path, program(GENERATIVE[name]), "eval_pure", steps=20)
    assert (answer.messages, answer.doubt) == ([], None)


def test_a_clock_beside_the_loss_is_no_state(tmp_path: Path) -> None:
    evaluate = """import time; loss = F.cross_entropy(model(batch[0]), batch[1])
        return {"loss": loss, "seconds": time.perf_counter()}"""
    answer = answer_here(tmp_path, program(evaluate=evaluate), "eval_pure", steps=20)
    assert (answer.messages, answer.doubt) == ([], None)
