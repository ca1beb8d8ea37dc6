from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from smokealarm.memorize.checks.half_range import Range
from smokealarm.memorize.checks.half_range import check as half_range
from tests.memorize.coding import answer_here
from tests.memorize.fits import fit_with

PROGRAM = """
import torch
from torch import nn

def setup(seed):
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
    return dict(model=model, loss_fn=nn.L1Loss(), data=(SCALE * torch.randn(6, 4), torch.ones(6, 1)),
        optimizer=torch.optim.Adam(model.parameters()), hints={"precision": "PRECISION"})
"""


def code(scale: float, precision: str) -> str:
    return PROGRAM.replace("SCALE", str(scale)).replace("PRECISION", precision)


def test_ordinary_numbers_have_room(tmp_path: Path) -> None:
    answer = answer_here(tmp_path, code(1.0, "fp16"), "half_range", steps=2)
    assert (answer.messages, answer.doubt) == ([], None)


def test_numbers_beyond_the_range_are_a_warning(tmp_path: Path) -> None:
    answer = answer_here(tmp_path, code(1e6, "fp16"), "half_range", steps=2)
    [finding] = answer.findings
    assert finding.message.startswith("the output of `") and finding.level is Level.WARNING
    assert finding.evidence["module"] in ("0", "1")


def test_bfloat16_has_the_range_of_float32(tmp_path: Path) -> None:
    answer = answer_here(tmp_path, code(1e6, "bf16"), "half_range", steps=2)
    assert "always" in answer.unasked


@pytest.mark.parametrize(
    ("found", "always"),
    [(Range(1e5, "head", half=True), False), (Range(1e5, "head"), True)],
    ids=["where float16 is seen", "where the option asks"],
)
def test_it_is_asked(found: Range, always: bool) -> None:
    assert len(list(half_range(fit_with(found), always=always))) == 1
