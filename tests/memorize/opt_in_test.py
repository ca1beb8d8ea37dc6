"""The checks that ask for what not every program promises, on programs with and without a flaw."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level, Table
from tests.memorize.asking import Answer, of_code

NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(6, 16), nn.Linear(16, 3)
        {init}

    def forward(self, x):
        {forward}
        return self.head(torch.tanh(self.body(x)))

def setup(seed):
    model = Net()
    x, y = torch.randn(8, 6), torch.randint(3, (8,))
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    {more}
    return {{"model": model, "loss_fn": nn.CrossEntropyLoss(), "optimizer": optimizer, "data": (x, y)
            {returned}}}
"""


def asked(tmp_path: Path, check: str, options: object = None, **parts: str) -> Answer:
    code = NET.format(
        **{"init": "", "forward": "pass", "more": "", "returned": "", **parts}  # the sound program
    )
    return of_code(tmp_path, code, check, options=options)[check]


SCHEDULED = "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (n + 1))"
COUNTING = "self.register_buffer('calls', torch.zeros(()), persistent=False)"


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"forward": "x = nn.functional.dropout(x, 0.5, self.training)"},
        {"init": "self.norm = nn.BatchNorm1d(6)", "forward": "x = self.norm(x)"},
        {"more": SCHEDULED, "returned": ", 'scheduler': scheduler"},
    ],
    ids=["an ordinary program", "dropout", "batch-norm", "a scheduler that is returned"],
)
def test_a_run_that_resumes_as_it_should(tmp_path: Path, parts: dict[str, str]) -> None:
    answer = asked(tmp_path, "resumes", **parts)
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        (
            {"init": COUNTING, "forward": "self.calls += 1; x = x * (1 + self.calls)"},
            "; in no state_dict: calls",
        ),
        ({"init": "self.calls = 0", "forward": "self.calls += 1; x = x * self.calls"}, ""),
    ],
    ids=["a buffer that is not persistent", "a counter that is a plain attribute"],
)
def test_a_run_that_cannot_resume_is_found(
    tmp_path: Path, parts: dict[str, str], hidden: str
) -> None:
    [finding] = asked(tmp_path, "resumes", **parts).findings
    assert finding.message == (
        "a resumed run differs from one without a break, from step 1 after the checkpoint"
        f" on{hidden}"
    )


def test_equal_runs_are_deterministic(tmp_path: Path) -> None:
    dropout = "x = nn.functional.dropout(x, 0.5, self.training)"
    answer = asked(tmp_path, "deterministic", forward=dropout)
    assert (answer.messages, answer.doubt) == ([], None)


def test_a_generator_that_nobody_seeds_is_a_warning_with_its_module(tmp_path: Path) -> None:
    init = "self.generator = torch.Generator(); self.generator.seed()"
    noise = "x = x + torch.randn(x.shape, generator=self.generator)"
    [finding] = asked(tmp_path, "deterministic", init=init, forward=noise).findings
    assert finding.level is Level.WARNING
    assert finding.message == "two runs with one seed differ from step 1 on"
    answer = asked(tmp_path, "deterministic", init="self.drop = Noise()", **NOISE)
    assert "first in `drop`" in answer.messages[0]


NOISE = {
    "forward": "x = self.drop(x)",
    "more": "",
    "returned": """}
class Noise(nn.Module):
    def __init__(self):
        super().__init__()
        self.generator = torch.Generator()
        self.generator.seed()

    def forward(self, x):
        return x + torch.randn(x.shape, generator=self.generator)

UNUSED = {0: 0""",
}


def test_an_ordinary_program_is_shown_in_every_precision(tmp_path: Path) -> None:
    answer = asked(tmp_path, "precision")
    [table] = [picture for picture in answer.pictures if isinstance(picture, Table)]
    assert [row[0] for row in table.rows] == ["float32", "bfloat16, autocast", "bfloat16"]
    errors = [float(str(row[3])) for row in table.rows]
    assert errors[0] < 1e-5 < errors[2] < 0.1
    assert (answer.messages, answer.doubt) == ([], None)


def test_a_difference_of_large_numbers_is_a_warning_with_its_size(tmp_path: Path) -> None:
    cancels = "x = (self.body.weight.sum() + x + 1e6) - 1e6"
    [finding] = asked(tmp_path, "precision", forward=cancels).findings
    assert finding.level is Level.WARNING
    assert finding.message.startswith("in float32 the gradient is off by 0.")


def test_a_limit_of_ones_own_makes_it_a_failure(tmp_path: Path) -> None:
    answer = asked(tmp_path, "precision", options={"at_most": 1e-4})
    assert {finding.level for finding in answer.findings} == {Level.FAILURE}
    assert [finding.message[:12] for finding in answer.findings] == ["in bfloat16,", "in bfloat16 "]
