"""`suggest memorize`: what is proposed follows from the runs, and is a case that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.cli import main
from smokealarm.config import cases_of
from smokealarm.loading import load
from smokealarm.memorize.case_text import case_lines, hints, spread
from smokealarm.memorize.fit import Trial
from smokealarm.memorize.rehearsal import learnt
from smokealarm.memorize.suggest import Proposal, Run, Suggestion, steps
from smokealarm.stage import FILE_NAME
from tests.repositories import make_repository

PROGRAM = """
import torch
from torch import nn

def setup(seed):
    model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))
    batch = torch.randn(8, 12), torch.randint(4, (8,))
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 1e-2), batch

def crashes(seed):
    raise ValueError("no such file")
"""
OURS = "# ours\nmemorize:\n  - setup: train:setup  # by hand\n    checks: [finite]\n"
RUN = Run(0, "full", initial=1.4, best=0.01, floor=0.0, left=0.01, learnt=30)
STUCK = RUN._replace(best=0.9, floor=None, left=0.64, learnt=None)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_repository(tmp_path / "repository", {"train.py": PROGRAM, FILE_NAME: OURS})
    monkeypatch.chdir(made)
    return made


def test_the_case_is_written_below_what_was_there_and_can_be_read(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["suggest", "memorize", "train:setup", "--runs", "2", "--name", "toy", "--write"]
    assert main(words) == 0
    after = (root / FILE_NAME).read_text()
    assert after.startswith(OURS) and '+  - name: "toy"' in capsys.readouterr().out
    by_hand, case = cases_of(after.encode(), FILE_NAME, load)
    assert case.name == "toy" and 50 <= case.settings["steps"] < 200
    assert {"memorizes", "finite", "gradients_flow"} <= {ask.check for ask in case.asks}
    assert "so many alarmed: 0 of 2 (0 %; 0 to 66 %)" in after


def test_a_set_up_that_crashes_teaches_nothing_and_nothing_is_written(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["suggest", "memorize", "train:crashes", "--runs", "1", "--write"]) == 3
    assert "nothing can be learnt" in capsys.readouterr().out
    assert (root / FILE_NAME).read_text() == OURS


def suggestion(*checks: Proposal, runs: tuple[Run, ...] = (RUN, RUN)) -> Suggestion:
    return Suggestion("train:setup", steps(runs), runs, checks, alarmed=0)


def test_a_check_that_does_not_apply_is_a_comment_with_the_reason() -> None:
    left_out = Proposal("finite", False, why="the batch\nhas no numbers")
    text = "\n".join(case_lines("", suggestion(Proposal("memorizes", True), left_out)))
    (case,) = cases_of(f"memorize:\n{text}\n".encode(), FILE_NAME, load)
    assert [ask.check for ask in case.asks] == ["memorizes"]
    assert "    # finite is left out: the batch has no numbers" in text


def test_a_check_that_alarms_now_and_then_is_told_with_its_rate() -> None:
    text = "\n".join(case_lines("", suggestion(Proposal("finite", False, 1, "NaN"))))
    assert "# finite is left out: it alarms at 1 of 2 runs: NaN" in text


@pytest.mark.parametrize(
    ("learnt_at", "proposed"),
    [((30, 34), 70), ((3, 4), 50), ((30, 150), 200), ((30, None), 200)],
    ids=["twice the slowest", "never very few", "never more than usual", "one did not learn"],
)
def test_the_steps_follow_from_the_slowest_run(
    learnt_at: tuple[int | None, ...], proposed: int
) -> None:
    assert steps([RUN._replace(learnt=step) for step in learnt_at]) == proposed


def test_runs_that_learn_ask_for_no_hint() -> None:
    assert list(hints([RUN, RUN, STUCK])) == []


def test_runs_that_do_not_learn_ask_for_the_floor_or_for_less() -> None:
    floor, memorizable = hints([STUCK, STUCK._replace(best=0.8)])
    assert 'hints={"floor": 0.8}' in floor
    assert 'hints={"memorizable": "off"}' in memorizable and memorizable.startswith("2 of 2 runs")


def test_runs_that_learn_half_ask_for_half() -> None:
    [told] = hints([STUCK._replace(floor=0.0, left=0.4)] * 2)
    assert 'hints={"memorizable": "partial"}' in told


def test_the_step_at_which_a_batch_is_learnt() -> None:
    falling = tuple(2.0 * 0.9**step for step in range(60))
    step = learnt(Trial(0, None, falling, floor=0.0), 0.1)
    assert step is not None and falling[step - 5] <= 0.2 < falling[step - 7]
    assert learnt(Trial(0, None, (2.0,) * 60, floor=0.0), 0.1) is None


@pytest.mark.parametrize(
    ("values", "words"),
    [((1.0, 2.0), "1 to 2"), ((1.0, 1.0), "1"), ((None, 1.0), "1 (1 not known)"), ((), "unknown")],
)
def test_a_spread_in_words(values: tuple[float | None, ...], words: str) -> None:
    assert spread(values) == words
