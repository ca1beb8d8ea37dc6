from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import Unasked
from smokealarm.memorize.checks.state_carried import Carried, check
from tests.memorize.coding import answer_here
from tests.memorize.fits import fit_with

PROGRAM = """
import copy
import torch
from torch import nn
from torch.nn import functional as F

def setup(seed):
    model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 4))
    optimizer = OPTIMIZER
    average, first = copy.deepcopy(model), copy.deepcopy(model.state_dict())
    counts = [0]

    def train_step(batch):
        nonlocal optimizer
        counts[0] += 1
        BEFORE
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        AFTER
        return loss

    batch = torch.randn(16, 12), torch.randint(4, (16,))
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": batch}
"""
ADAM = "torch.optim.Adam(model.parameters(), 1e-2)"


def code(before: str = "", after: str = "", optimizer: str = ADAM) -> str:
    filled = PROGRAM.replace("BEFORE", before or "pass").replace("AFTER", after or "pass")
    return filled.replace("OPTIMIZER", optimizer)


@pytest.mark.parametrize(
    "program",
    [
        code(),
        code("model.eval()"),
        code("with torch.random.fork_rng(): torch.manual_seed(0); torch.randn(3)"),
        code("torch.manual_seed(counts[0])"),
        code("optimizer.state.clear() if counts[0] == 5 else None"),
        code(f"optimizer = {ADAM} if counts[0] % 4 == 0 else optimizer"),
        code(
            f"optimizer = {ADAM}".replace("Adam", "SGD"),
            optimizer="torch.optim.SGD(model.parameters(), 0.1)",
        ),
        code(
            after="[a.data.lerp_(p.data, 0.1) for a, p in zip(average.parameters(), model.parameters())]"
        ),
        code(after="model.load_state_dict(first) if counts[0] == 20 else None"),
    ],
    ids=[
        "an ordinary loop",
        "no dropout that drops",
        "numbers of their own, drawn aside",
        "a seed for each step",
        "a state that is cleared once",
        "a new optimizer now and then",
        "an optimizer that keeps no state",
        "an average of the weights",
        "one restart",
    ],
)
def test_a_loop_that_goes_on_from_step_to_step_is_fine(tmp_path: Path, program: str) -> None:
    answer = answer_here(tmp_path, program, "state_carried", steps=60)
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (code("torch.manual_seed(0)"), "every step draws the same random numbers"),
        (
            code(after="model.load_state_dict(first) if counts[0] % 10 == 0 else None"),
            "after the steps 10, 20, 30 all weights are what they were in the beginning",
        ),
        (code(f"optimizer = {ADAM}"), "Adam has lost its state at every step"),
        (code("optimizer.state.clear()"), "Adam has lost its state at every step"),
    ],
    ids=["a seed in the step", "weights of the beginning", "a new optimizer", "a cleared state"],
)
def test_what_is_lost_between_the_steps_is_a_failure(
    tmp_path: Path, program: str, said: str
) -> None:
    [message] = answer_here(tmp_path, program, "state_carried", steps=60).messages
    assert message.startswith(said)


def test_a_short_fit_cannot_tell() -> None:
    with pytest.raises(Unasked, match="3 steps only"):
        list(check(fit_with(Carried(steps=3))))
