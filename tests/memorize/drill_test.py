"""The drill of set-ups: faults are planted through the very path of check, and the count is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from smokealarm import drill
from smokealarm.errors import Inconclusive, Place
from smokealarm.finding import Finding, Level, Verdict
from smokealarm.memorize.drill import trials
from smokealarm.memorize.faults import FAULTS, KINDS
from smokealarm.results import Environment, Outcome, Results, Silence
from smokealarm.stage import Ask, Case
from smokealarm.trial import Terms, Trial, Tried, Undrilled
from smokealarm.workspace import Changes, Workspace
from tests.memorize.asking import ask_all

WRITTEN = Place(".smokealarm.yaml", 2)
PROGRAM = """
import torch
from torch import nn

def setup(seed):
    model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.Adam(model.parameters(), LR)
    return model, nn.CrossEntropyLoss(), optimizer, (torch.randn(8, 12), torch.randint(4, (8,)))
"""


def case_of(*checks: str) -> Case:
    asks = tuple(Ask(check=check, place=WRITTEN) for check in checks)
    settings = {"setup": "train:setup", "steps": 100}
    return Case(stage="memorize", name="digits", place=WRITTEN, asks=asks, settings=settings)


def workspace(root: Path, lr: str = "1e-2") -> Workspace:
    (root / "train.py").write_text(PROGRAM.replace("LR", lr), encoding="utf-8")
    return Workspace(root=root, changes=Changes(everything=True))


def tried(case: Case, whole: Callable[..., Results], root: Path, most: int = 10_000) -> list[Tried]:
    """The trials, with so many of them there is time for."""
    left = iter(range(most))
    terms = Terms(gate=drill.gate, whole=whole, seed=0, is_over=lambda: next(left, None) is None)
    return list(trials(case, workspace(root), terms))


def test_a_program_is_drilled_as_check_would_run_it(tmp_path: Path) -> None:
    found = tried(case_of("memorizes", "finite"), drill.whole, tmp_path, most=4)
    made = [one for one in found if isinstance(one, Trial)]
    assert (made[0].name, made[0].is_fault, made[0].alarmed) == ("as it is", False, False)
    assert {one.name for one in made[1:]} <= set(FAULTS) and all(one.is_fault for one in made[1:])
    assert [one.reason for one in found if isinstance(one, Undrilled)][-1].startswith(
        "the time was"
    )


def test_a_set_up_that_alarms_already_is_not_drilled(tmp_path: Path) -> None:
    where = workspace(tmp_path, lr="1e-9")
    terms = Terms(gate=drill.gate, whole=drill.whole, seed=0, is_over=lambda: False)
    with pytest.raises(Inconclusive, match="do not pass on the set-up as it is: one batch was not"):
        next(trials(case_of("memorizes"), where, terms))


def test_a_fault_is_a_setting_of_the_case(tmp_path: Path) -> None:
    root = workspace(tmp_path).root
    answers = ask_all("train:setup", "memorizes", root=root, fault="learning_rate_zero")
    assert answers["memorizes"].messages[0].startswith("one batch was not learnt")


def said(*outcomes: Outcome, silences: tuple[Silence, ...] = ()) -> Results:
    environment = Environment()
    verdict = max((one.verdict for one in outcomes), key=list(Verdict).index)
    return Results(
        version=1,
        verdict=verdict,
        seconds=1.0,
        environment=environment,
        outcomes=outcomes,
        silences=silences,
    )


def outcome(check: str, level: Level | None = None) -> Outcome:
    findings = (Finding(message=f"{check} says so", level=level),) if level else ()
    verdict = Verdict.ALARM if level is Level.FAILURE else Verdict.PASS
    return Outcome(stage="memorize", case="digits", check=check, verdict=verdict, findings=findings)


def judged(at: Callable[[str], Results]) -> Callable[..., Results]:
    """A gate that says this of each fault, and passes what has none."""

    def whole(case: Case, root: Path) -> Results:
        fault = str(case.settings.get("fault", ""))
        return at(fault) if fault else said(outcome("memorizes"))

    return whole


def test_every_fault_is_tried_once_and_a_round_meets_every_kind(tmp_path: Path) -> None:
    whole = judged(lambda fault: said(outcome("memorizes", Level.FAILURE)))
    made = [one for one in tried(case_of("memorizes"), whole, tmp_path) if isinstance(one, Trial)]
    faults = [one for one in made if one.is_fault]
    assert sorted(one.name for one in faults) == sorted(FAULTS)
    assert {one.manner for one in faults[: len(KINDS)]} == set(KINDS)
    assert all(one.is_right for one in made) and len(made) - len(faults) == 11


def test_a_miss_names_a_check_that_would_have_caught_it(tmp_path: Path) -> None:
    whole = judged(lambda fault: said(outcome("memorizes"), outcome("finite", Level.FAILURE)))
    made = tried(case_of("memorizes"), whole, tmp_path, most=3)
    missed = [one for one in made if isinstance(one, Trial) and not one.is_right]
    assert len(missed) == 3 and all(one.detail for one in missed)
    assert {one.remedy for one in missed} == {"Ask for `finite`: it alarms at this."}


def test_a_warning_is_no_catch_and_is_told(tmp_path: Path) -> None:
    whole = judged(lambda fault: said(outcome("memorizes", Level.WARNING)))
    [missed] = [
        one
        for one in tried(case_of("memorizes"), whole, tmp_path, most=1)
        if isinstance(one, Trial) and one.is_fault
    ]
    assert not missed.alarmed and missed.detail.endswith("\nIt only warned: memorizes says so")


def test_a_fault_that_does_not_fit_is_told_as_not_tried(tmp_path: Path) -> None:
    silence = Silence(
        stage="memorize", case="digits", reason="the fault does not fit: it has no loss", check="a"
    )
    whole = judged(lambda fault: said(outcome("memorizes"), silences=(silence,)))
    made = tried(case_of("memorizes"), whole, tmp_path, most=1)
    assert [one.reason for one in made if isinstance(one, Undrilled)][0] == silence.reason
    assert not any(isinstance(one, Trial) and one.is_fault for one in made)


def test_a_check_that_alarms_at_nothing_is_told(tmp_path: Path) -> None:
    whole = judged(lambda fault: said(outcome("memorizes", Level.FAILURE), outcome("finite")))
    last = tried(case_of("memorizes", "finite"), whole, tmp_path)[-1]
    assert isinstance(last, Undrilled)
    assert (last.check, last.reason) == ("finite", "it alarmed at none of the planted faults")
