"""A program that trains, and crashes when it is called otherwise than it calls itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.memorize.coding import answer_here

ONLY_SIXTEEN = """
import torch
from torch import nn

class Fixed(nn.Linear):
    def forward(self, x):
        assert len(x) == 16 and float(x.std()) > 0.5, "only the batch that it knows"
        return super().forward(x)

def setup(seed):
    model = Fixed(8, 3)
    batch = torch.randn(16, 8), torch.randint(3, (16,))
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 0.1), batch
"""


@pytest.mark.parametrize(
    ("check", "is_doubt"),
    [("samples_independent", False), ("batch_splits", True)],
    ids=["a default check is told as unasked", "one that was asked for by name is a doubt"],
)
def test_a_crash_under_the_question(check: str, is_doubt: bool, tmp_path: Path) -> None:
    answer = answer_here(tmp_path, ONLY_SIXTEEN, check, steps=2)
    assert answer.findings == []
    told = answer.doubt.message if answer.doubt else answer.unasked
    assert bool(answer.doubt) == is_doubt
    assert told == "your program could not be asked: AssertionError: only the batch that it knows"
