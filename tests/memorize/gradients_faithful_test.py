from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import Unasked
from smokealarm.finding import Level
from smokealarm.memorize.checks.gradients_faithful import Along, Slope
from smokealarm.memorize.checks.gradients_faithful import check as gradients_faithful
from smokealarm.memorize.fit import Flow, Trial
from tests.memorize.coding import answer_here
from tests.memorize.fits import findings, fit_with

PROGRAM = """
import copy
import torch
from torch import nn
from torch.nn import functional as F

class Turn(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        return -gradient

def setup(seed):
    model = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 4))
    optimizer = OPTIMIZER
    calls = iter(range(10**6))

    def loss_of(batch):
        return F.cross_entropy(model(batch[0]), batch[1])

    def train_step(batch):
        inputs, target = batch
STEP

    data = (torch.randn(16, 12), torch.randint(4, (16,)))
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": data}
"""
USUAL = (
    "loss = loss_of(batch); optimizer.zero_grad(); loss.backward(); optimizer.step(); return loss"
)
ADAM = "torch.optim.Adam(model.parameters(), 1e-2)"


def program(step: str = USUAL, optimizer: str = ADAM) -> str:
    indented = "\n".join(" " * 8 + line for line in step.strip().splitlines())
    return PROGRAM.replace("STEP", indented).replace("OPTIMIZER", optimizer)


def usual(optimizer: str) -> str:
    return program(optimizer=f"torch.optim.{optimizer}")


HEALTHY = {
    "Adam": program(),
    "SGD with momentum and weight decay": usual(
        "SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=0.1)"
    ),
    "Rprop": usual("Rprop(model.parameters(), 0.01)"),
    "a sum that is minimised and a mean that is told": program("""
loss = F.cross_entropy(model(batch[0]), batch[1], reduction="sum")
optimizer.zero_grad(); loss.backward(); optimizer.step()
return loss.item() / len(batch[1])""").replace("(16,", "(512,"),
    "an objective that is maximized": program(
        "loss = loss_of(batch); optimizer.zero_grad(); (-loss).backward(); optimizer.step(); return loss",
        "torch.optim.Adam(model.parameters(), 1e-2, maximize=True)",
    ),
    "clipping and noise": program("""
loss = loss_of(batch); optimizer.zero_grad(); loss.backward()
nn.utils.clip_grad_norm_(model.parameters(), 0.1)
for p in model.parameters(): p.grad += 0.01 * torch.randn_like(p)
optimizer.step(); return loss"""),
    "accumulation over four steps, zero_grad last": program("""
loss = loss_of(batch); (loss / 4).backward()
if next(calls) % 4 == 3: optimizer.step(); optimizer.zero_grad()
return loss.item()"""),
    "several calls of backward": program("""
optimizer.zero_grad(); total = 0.0
for half in range(2):
    loss = F.cross_entropy(model(inputs[half::2]), target[half::2]) / 2
    loss.backward(); total += loss.item()
optimizer.step(); return total"""),
    "a gradient penalty": program("""
inputs = inputs.requires_grad_(); loss = loss_of((inputs, target))
slope, = torch.autograd.grad(loss, inputs, create_graph=True)
optimizer.zero_grad(); (loss + slope.pow(2).sum()).backward(); optimizer.step(); return loss"""),
    "the signs of the gradient": program("""
loss = loss_of(batch); optimizer.zero_grad(); loss.backward()
for p in model.parameters(): p.grad.sign_()
optimizer.step(); return loss""", "torch.optim.SGD(model.parameters(), 0.01)"),
    "sharpness-aware minimisation": program("""
loss = loss_of(batch); optimizer.zero_grad(); loss.backward()
norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
steps = [0.05 * p.grad / norm for p in model.parameters()]
with torch.no_grad():
    for p, e in zip(model.parameters(), steps): p.add_(e)
optimizer.zero_grad(); loss_of(batch).backward()
with torch.no_grad():
    for p, e in zip(model.parameters(), steps): p.sub_(e)
optimizer.step(); return loss"""),
    "weight decay added to the gradient": program("""
loss = loss_of(batch); optimizer.zero_grad(); loss.backward()
for p in model.parameters(): p.grad += 0.01 * p.detach()
optimizer.step(); return loss"""),
    "a warm-up from a learning rate of zero": program(
        "optimizer.param_groups[0]['lr'] = min(1.0, next(calls) / 100) * 1e-2\n" + USUAL
    ),
    "a gradient reversal layer, by name": program("""
class GradientReversal(Turn): pass
hidden = GradientReversal.apply(model[0](inputs).tanh())
loss = F.cross_entropy(model[2](hidden), target)
optimizer.zero_grad(); loss.backward(); optimizer.step(); return loss"""),
    "a task and an adversary": program("""
hidden = model[0](inputs).tanh()
loss = F.cross_entropy(model[2](hidden), target) + 0.3 * Turn.apply(hidden).pow(2).mean()
optimizer.zero_grad(); loss.backward(); optimizer.step(); return loss"""),
    "LBFGS": program("""
def closure():
    optimizer.zero_grad(); loss = loss_of(batch); loss.backward(); return loss
return optimizer.step(closure)""", "torch.optim.LBFGS(model.parameters(), 0.1)"),
    "bfloat16": program("""
with torch.autocast("cpu", dtype=torch.bfloat16): loss = loss_of(batch)
optimizer.zero_grad(); loss.backward(); optimizer.step(); return loss"""),
}  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_program_gives_no_finding(name: str, tmp_path: Path) -> None:
    answer = answer_here(tmp_path, HEALTHY[name], "gradients_faithful", steps=60)
    assert (answer.messages, answer.doubt) == ([], None)


FAULTS = {
    "a minus sign before backward": (
        program("loss = loss_of(batch); optimizer.zero_grad(); (-loss).backward(); optimizer.step()\n"
                "return loss.item()"),
        "the gradient is upside down: where it says that the loss rises, the loss falls",
    ),
    "maximize": (
        usual("Adam(model.parameters(), 1e-2, maximize=True)"),
        "the optimizer goes uphill: it is told to maximize",
    ),
    "a learning rate of zero": (
        usual("SGD(model.parameters(), 0.0)"),
        "the learning rate is 0 in every one of 60 steps",
    ),
    "a learning rate below zero": (
        program("optimizer.param_groups[0]['lr'] = -1e-3\n" + USUAL),
        "the optimizer goes uphill: its learning rate is below zero",
    ),
    "a backward with the wrong sign": (
        program("""
hidden = Turn.apply(model[0](inputs).tanh())
loss = F.cross_entropy(model[2](hidden), target)
optimizer.zero_grad(); loss.backward(); optimizer.step(); return loss"""),
        "the gradient of `0` is upside down, that of others is not",
    ),
    "no zero_grad": (
        program("loss = loss_of(batch); loss.backward(); optimizer.step(); return loss"),
        "old gradients are still there when the new ones arrive: they pile up",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_failure_on_the_users_line(name: str, tmp_path: Path) -> None:
    code, message = FAULTS[name]
    answer = answer_here(tmp_path, code, "gradients_faithful", steps=60)
    assert answer.messages == [message]
    [finding] = answer.findings
    assert finding.level is Level.FAILURE and finding.path is not None
    assert "optimizer.step()" in code.splitlines()[(finding.line or 0) - 1]


def test_a_scaled_gradient_is_a_warning(tmp_path: Path) -> None:
    step = (
        "loss = loss_of(batch); optimizer.zero_grad(); (65536 * loss).backward(); optimizer.step()"
    )
    answer = answer_here(tmp_path, program(f"{step}\nreturn loss"), "gradients_faithful", steps=60)
    assert answer.messages == [
        "the gradient that the optimizer sees is 65536 times that of the loss"
    ]
    assert answer.findings[0].level is Level.WARNING


UP, DOWN = Along("", 1.0, -1.0, -1.0), Along("", 1.0, 1.0, 1.0)


def judged(slope: Slope) -> list[str]:
    names = frozenset("a")
    flow = Flow(names, names, names, names, steps=60)
    fit = fit_with(flow, Trial(0, 16, (1.0, 1.0)), slope)
    return [finding.message for finding in findings(gradients_faithful(fit))]


def test_adversaries_that_pull_both_ways_are_no_fault() -> None:
    assert judged(Slope((UP, DOWN), cosines=(-0.9, -0.9), upward=("", ""))) == []


def test_a_loss_that_does_not_fall_evenly_is_no_fault() -> None:
    rough = Along("", 1.0, -1.0, -4.0)
    assert judged(Slope((rough,), cosines=(-0.9,), upward=("",))) == []


def test_what_moves_too_little_stays_unasked() -> None:
    with pytest.raises(Unasked, match="too little"):
        judged(Slope((), all=False))
