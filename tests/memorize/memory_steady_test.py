from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from tests.memorize.coding import answer_here

PROGRAM = """
from collections import deque
import torch
from torch import nn
from torch.nn import functional as F

def setup(seed):
    model = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 4))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    kept, state = [], {"total": 0.0}
    recent = deque(maxlen=20)

    def train_step(batch):
        optimizer.zero_grad()
        outputs = model(batch[0])
        loss = F.cross_entropy(outputs, batch[1])
        loss.backward()
        optimizer.step()
        KEEP
        return loss

    data = (torch.randn(16, 12), torch.randint(4, (16,)))
    return {"model": model, "train_step": train_step, "data": data,
            "hints": {"memorizable": "off"}}
"""
HEALTHY = {
    "nothing": "pass",
    "numbers": "kept.append(loss.item())",
    "tensors without a history": "kept.append(outputs.detach())",
    "the last twenty losses": "recent.append(loss)",
    "a total without a history": "state['total'] += loss.detach()",
    "the last output": "state['last'] = outputs",
    "a cache that fills once": "kept.append(loss) if len(kept) < 5 else None",
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_program_gives_no_finding(name: str, tmp_path: Path) -> None:
    code = PROGRAM.replace("KEEP", HEALTHY[name])
    answer = answer_here(tmp_path, code, "memory_steady", steps=60)
    assert (answer.messages, answer.doubt) == ([], None)


FAULTS = {
    "a total with its graph": "state['total'] = state['total'] + loss",
    "losses": "kept.append(loss)",
    "outputs": "kept.append(outputs)",
}


@pytest.mark.parametrize("name", FAULTS)
def test_graphs_that_pile_up_are_a_warning_on_the_users_line(name: str, tmp_path: Path) -> None:
    code = PROGRAM.replace("KEEP", FAULTS[name])
    answer = answer_here(tmp_path, code, "memory_steady", steps=60)
    assert answer.messages == [
        "every step leaves its graph behind: 10 of 10 steps are still in memory after 60 steps"
    ]
    [finding] = answer.findings
    assert finding.level is Level.WARNING
    assert "loss.backward()" in code.splitlines()[(finding.line or 0) - 1]


def test_a_short_fit_cannot_tell_and_says_nothing(tmp_path: Path) -> None:
    code = PROGRAM.replace("KEEP", FAULTS["losses"])
    assert answer_here(tmp_path, code, "memory_steady", steps=20).messages == []
