from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import Unasked
from smokealarm.finding import Level
from smokealarm.memorize.checks.stacked_linear import Stacked
from smokealarm.memorize.checks.stacked_linear import check as stacked_linear
from tests.memorize.coding import answer_here
from tests.memorize.fits import fit_with

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(8, HIDDEN), nn.Linear(HIDDEN, 8)
        self.proj, self.head = nn.Linear(8, 16), nn.Linear(8, 3)

    def forward(self, x):
        BODY
        return self.head(y.relu())

def setup(seed):
    model = Net()
    SETUP
    batch = torch.randn(6, 8), torch.arange(6) % 3
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 0.05), batch
"""


def code(body: str, hidden: int = 16, setup: str = "") -> str:
    return PROGRAM.replace("BODY", body).replace("HIDDEN", str(hidden)).replace("SETUP", setup)


@pytest.mark.parametrize(
    "program",
    [
        code("y = self.second(self.first(x).relu())"),
        code("y = self.second(F.relu_(self.first(x)))"),
        code("y = self.second(self.first(x) + 1)"),
        code("h = self.first(x); y = self.second(h) + h[:, :8]"),
        code("y = self.second(self.first(x))", hidden=4),
        code("y = self.second(self.proj(x))"),
        code("y = self.second(self.first(x))", setup="model.first.requires_grad_(False)"),
        code("y = self.second(self.first(x)) + x", setup="nn.init.zeros_(model.second.weight)"),
    ],
    ids=[
        "an activation",
        "an activation in place",
        "an operation",
        "a connection around the second",
        "a narrow middle",
        "a projection",
        "a frozen layer",
        "an adapter that begins at zero",
    ],
)
def test_linear_layers_with_a_reason_are_fine(tmp_path: Path, program: str) -> None:
    answer = answer_here(tmp_path, program, "stacked_linear", steps=2)
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    "body",
    [
        "y = self.second(self.first(x))",
        "h = self.first(x); print(h.shape, len(h)); y = self.second(h)",
        "y = nn.Sequential(self.first, nn.Identity(), self.second)(x)",
    ],
    ids=["called in each other", "looked at between", "an identity between"],
)
def test_nothing_between_two_linear_layers_is_a_warning(tmp_path: Path, body: str) -> None:
    answer = answer_here(tmp_path, code(body), "stacked_linear", steps=2)
    [finding] = answer.findings
    assert finding.message.startswith("`first` feeds straight into `second`")
    assert finding.level is Level.WARNING and finding.evidence["features"] == "8 -> 16 -> 8"


def test_a_compiled_model_is_told_as_not_asked() -> None:
    with pytest.raises(Unasked, match="compiled"):
        list(stacked_linear(fit_with(Stacked(hidden="the model is compiled"))))
