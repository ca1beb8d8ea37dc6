"""Modules are watched by hooks, and users copy and save modules while that goes on."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from torch import nn

from smokealarm.memorize import DEFAULTS
from smokealarm.memorize.hooks import Hook, nothing
from tests.memorize.coding import answer_here

PROGRAM = """
import copy, io
import torch
from torch import nn
from torch.nn import functional as F

def setup(seed):
    model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 4))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        fast = copy.deepcopy(model)
        inner = torch.optim.SGD(fast.parameters(), 0.05)
        F.cross_entropy(fast(batch[0]), batch[1]).backward()
        inner.step()
        torch.save(fast, io.BytesIO())
        torch.save(model, io.BytesIO())
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    data = (torch.randn(16, 12), torch.randint(4, (16,)))
    return {"model": model, "optimizer": optimizer, "train_step": train_step, "data": data}
"""


@pytest.mark.parametrize("check", DEFAULTS)
def test_a_step_that_copies_and_saves_the_model_is_no_trouble(check: str, tmp_path: Path) -> None:
    answer = answer_here(tmp_path, PROGRAM, check, steps=60)
    assert (answer.messages, answer.doubt) == ([], None)


def test_a_copied_hook_does_nothing() -> None:
    seen: list[object] = []
    hook = Hook(lambda *args: seen.append(args))
    module = nn.Linear(1, 1)
    module.register_forward_hook(hook)
    assert copy.deepcopy(hook) is nothing and pickle.loads(pickle.dumps(hook)) is nothing
    hook(module)
    assert seen == [(module,)]
