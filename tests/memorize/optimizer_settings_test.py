from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from tests.memorize.coding import answer_here

PROGRAM = """
import torch
from torch import nn

def setup(seed):
    model = nn.Linear(12, 4)
    optimizer = torch.optim.OPTIMIZER
    for group in optimizer.param_groups:
        group.update(SETTINGS)
    return model, nn.CrossEntropyLoss(), optimizer, (torch.randn(8, 12), torch.randint(4, (8,)))
"""


def code(optimizer: str, settings: str = "{}") -> str:
    called = f"{optimizer}(model.parameters(), lr=1e-3)"
    return PROGRAM.replace("OPTIMIZER", called).replace("SETTINGS", settings)


@pytest.mark.parametrize(
    "program",
    [
        code("Adam"),
        code("Adam", "{'betas': (0.9, 0.95)}"),
        code("Adam", "{'betas': (0.5, 0.999)}"),
        code("Adam", "{'betas': (0.0, 0.9)}"),
        code("RMSprop", "{'eps': 1.0}"),
        code("AdamW", "{'weight_decay': 1.0}"),
        code("SGD", "{'momentum': 0.99, 'nesterov': True}"),
        code("LBFGS"),
    ],
    ids=[
        "Adam",
        "betas of language models",
        "betas of GANs",
        "no momentum",
        "an eps of one",
        "a strong decay",
        "a strong momentum",
        "LBFGS",
    ],
)
def test_settings_that_are_in_use_are_fine(tmp_path: Path, program: str) -> None:
    answer = answer_here(tmp_path, program, "optimizer_settings", steps=2)
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    ("program", "said", "level"),
    [
        (code("SGD", "{'momentum': 1.05}"), "SGD has a momentum of 1.05", Level.FAILURE),
        (code("Adam", "{'betas': (0.999, 0.9)}"), "the betas of Adam are swapped", Level.FAILURE),
        (code("Adam", "{'eps': 100.0}"), "Adam has an eps of 100", Level.FAILURE),
        (code("Adam", "{'weight_decay': 50.0}"), "the weight decay of Adam is 50", Level.FAILURE),
        (
            code("AdamW", "{'weight_decay': 50.0}"),
            "the weight decay of AdamW is 50",
            Level.WARNING,
        ),
        (
            code("SGD", "{'weight_decay': 50.0, 'lr': 0.1}"),
            "the weight decay of SGD is 50",
            Level.FAILURE,
        ),
    ],
    ids=["momentum", "betas", "eps", "decay of Adam", "decay of AdamW", "decay of SGD"],
)
def test_settings_that_cannot_work_are_told(
    tmp_path: Path, program: str, said: str, level: Level
) -> None:
    [finding] = answer_here(tmp_path, program, "optimizer_settings", steps=2).findings
    assert finding.message.startswith(said) and finding.level is level
