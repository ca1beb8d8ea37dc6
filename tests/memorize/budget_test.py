"""The quick budget: what it asks, what it leaves unasked, and that it says so."""

from __future__ import annotations

import subprocess
import sys
from html import unescape
from pathlib import Path

import msgspec
import pytest

from smokealarm.errors import Unasked
from smokealarm.finding import Curve
from smokealarm.memorize import CHECKS, opened
from smokealarm.memorize.selection import FULL_ONLY, OPT_IN, is_quick
from smokealarm.report import brief, html, summary, terminal
from smokealarm.results import Results
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Budget, Changes, Workspace
from tests.memorize.asking import ASKED, of_code_here
from tests.repositories import make_repository

LEARNS = """
import torch
from torch import nn
def setup(seed):
    model = nn.Linear(12, 4)
    optimizer = torch.optim.SGD(model.parameters(), {rate})
    return model, {loss}, optimizer, (torch.randn(8, 12), torch.arange(8) % 4)
"""
CROSS_ENTROPY = "nn.CrossEntropyLoss()"
DETACHED = "lambda outputs, target: nn.functional.cross_entropy(outputs.detach(), target)"


def program(rate: float = 1.0, loss: str = CROSS_ENTROPY) -> str:
    return LEARNS.replace("{rate}", str(rate)).replace("{loss}", loss)


def test_a_program_that_learns_quickly_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = of_code_here(tmp_path, monkeypatch, program(), "memorizes", "finite", quick=True)
    assert all(not (each.findings or each.doubt or each.unasked) for each in answers.values())


def test_a_program_that_learns_slowly_is_left_unasked_and_no_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = program(rate=0.01)
    answer = of_code_here(tmp_path, monkeypatch, code, "memorizes", quick=True)["memorizes"]
    assert answer.unasked == "60 steps were not enough to tell; the full budget decides"
    assert answer.findings == []


def test_a_loss_that_nothing_hangs_on_is_certain_even_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = program(loss=DETACHED)
    answer = of_code_here(tmp_path, monkeypatch, code, "memorizes", quick=True)["memorizes"]
    assert answer.messages == [
        "one batch cannot be learnt: nothing that can be trained hangs on the loss"
    ]


def test_fewer_steps_than_the_quick_ones_stay_as_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = program(rate=0.01)
    answers = of_code_here(tmp_path, monkeypatch, code, "memorizes", quick=True, steps=20)
    assert answers["memorizes"].unasked.startswith("20 steps")


def test_what_takes_longer_is_left_to_the_full_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = of_code_here(tmp_path, monkeypatch, program(), "resumes", quick=True)
    assert "the full budget asks it" in answers["resumes"].unasked


@pytest.mark.parametrize("name", sorted(OPT_IN | FULL_ONLY))
def test_what_is_left_out_is_a_check(name: str) -> None:
    assert name in CHECKS
    assert not is_quick(name)


@pytest.mark.parametrize(
    ("said", "budget", "quick"),
    [
        (None, "full", False),
        (None, "quick", True),
        ("quick", "full", True),
        ("full", "quick", False),
    ],
    ids=["the case: full", "the case: quick", "--quick", "--full"],
)
def test_the_command_overrules_the_case(
    tmp_path: Path, said: Budget | None, budget: Budget, quick: bool
) -> None:
    (tmp_path / "train.py").write_text(program(rate=0.01), encoding="utf-8")
    ask = Ask(check="memorizes", place=ASKED)
    case = Case(stage="memorize", name="c", place=ASKED, asks=(ask,))
    workspace = Workspace(root=tmp_path, changes=Changes(), budget=said)
    with opened(case, workspace, setup="train:setup", budget=budget, steps=70, seeds=1) as subject:
        if quick:
            with pytest.raises(Unasked, match="60 steps"):
                list(subject.ask(ask))
        else:
            assert any(isinstance(sight, Curve) for sight in subject.ask(ask))


CONFIGURED = """
memorize:
  - name: digits
    setup: train:setup
    checks: [memorizes, resumes, precision]
"""


def test_every_report_says_what_the_budget_left_unasked(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {".smokealarm.yaml": CONFIGURED, "train.py": program()})
    command = ["check", "--all", "--quick", "--results", str(tmp_path / "r.json")]
    done = subprocess.run(
        [sys.executable, "-m", "smokealarm", *command],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    results = msgspec.json.decode((tmp_path / "r.json").read_bytes(), type=Results)
    words = "digits: 2 checks (resumes and precision): it takes longer than the quick budget has"
    for text in (
        done.stdout,
        brief.render(results),
        terminal.render(results, width=200),
        summary.render(results),
        html.render(results),
    ):
        assert words in unescape(text)
    assert [outcome.check for outcome in results.outcomes] == ["memorizes"]
