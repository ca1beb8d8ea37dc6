"""Drill the checks: how often do they miss a planted fault, and how often do they cry wolf?"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from smokealarm import changes, drill_tables
from smokealarm.environment import environment
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding, Verdict
from smokealarm.loading import load
from smokealarm.pipeline import Step, plan, run
from smokealarm.results import VERSION, Outcome, Results, Silence, verdict_of
from smokealarm.run_case import printable, with_place
from smokealarm.stage import Case
from smokealarm.trial import Terms, Trial, Undrilled
from smokealarm.workspace import Changes, Workspace


def drill(steps: Sequence[Step], workspace: Workspace, *, seed: int, budget: float) -> Results:
    """One outcome per planned case, with its tables. They share the budget, which is in seconds.

    The outcome passes whatever the checks missed: a drill judges the checks and not a change. It is
    inconclusive where nothing could be tried.
    """
    started = time.monotonic()
    outcomes: list[Outcome] = []
    silences = [
        Silence(stage=step.case.stage, case=step.case.name, reason=step.why)
        for step in steps
        if not step.runs
    ]
    errors: list[Finding] = []
    cases = [step.case for step in steps if step.runs]
    for number, case in enumerate(cases):
        share = (started + budget - time.monotonic()) / (len(cases) - number)
        try:
            outcome, left_out = _drilled(case, workspace, seed, share)
            outcomes.append(outcome)
            silences += left_out
        except FatalError as error:
            errors += with_place(error, case)
    return Results(
        version=VERSION,
        verdict=verdict_of(outcomes, errors) if outcomes else Verdict.INCONCLUSIVE,
        seconds=round(time.monotonic() - started, 3),
        environment=environment(workspace.changes, outcomes),
        outcomes=tuple(outcomes),
        silences=tuple(silences),
        errors=tuple(errors),
    )


def gate(case: Case, root: Path, base: str, head: str) -> Results:
    """What `smokealarm check` says of the change from one commit to another."""
    workspace = Workspace(root=root, changes=changes.between(root, base, head))
    return run(plan([case], workspace.changes), workspace, load)


def whole(case: Case, root: Path) -> Results:
    """What `smokealarm check --all` says of a folder."""
    workspace = Workspace(root=root, changes=Changes(everything=True))
    return run(plan([case], workspace.changes), workspace, load)


def _drilled(
    case: Case, workspace: Workspace, seed: int, budget: float
) -> tuple[Outcome, list[Silence]]:
    started = time.monotonic()
    terms = Terms(
        gate=gate, whole=whole, seed=seed, is_over=lambda: time.monotonic() - started > budget
    )
    tried: list[Trial] = []
    left_out: list[Undrilled] = []
    doubt: Inconclusive | None = None
    try:
        for one in load(f"{case.stage}.drill").trials(case, workspace, terms):
            if isinstance(one, Trial):
                tried.append(one)
                _tell(workspace, case, tried)
            else:
                left_out.append(one)
    except Inconclusive as met:
        doubt = met
    outcome = _outcome(case, tried, left_out, doubt, seed, time.monotonic() - started)
    return outcome, list(_silences(case, left_out))


def _tell(workspace: Workspace, case: Case, tried: Sequence[Trial]) -> None:
    wrong = sum(not one.is_right for one in tried)
    workspace.tell(f"{case.stage}: {case.name}: {len(tried)} trials, {wrong} judged wrongly")


def _outcome(
    case: Case,
    tried: Sequence[Trial],
    left_out: Iterable[Undrilled],
    doubt: Inconclusive | None,
    seed: int,
    seconds: float,
) -> Outcome:
    if not tried:
        doubt = doubt or _nothing_tried(left_out)
    return Outcome(
        stage=case.stage,
        case=case.name,
        check="drill",
        verdict=Verdict.INCONCLUSIVE if doubt else Verdict.PASS,
        seconds=round(seconds, 3),
        findings=tuple(drill_tables.findings(case, tried, seed)) if tried else (),
        pictures=tuple(drill_tables.tables(tried)) if tried else (),
        reason=printable(doubt.message) if doubt else "",
        remedy=printable(doubt.remedy) if doubt else "",
        path=case.place.path,
        line=case.place.line,
    )


def _nothing_tried(left_out: Iterable[Undrilled]) -> Inconclusive:
    why = list(dict.fromkeys(f"{one.check}: {one.reason}" for one in left_out))
    return Inconclusive(
        f"nothing could be tried: {'; '.join(why[:3]) or 'the case asks for no check'}",
        "Give it files to make copies of, with --all, or more time, with --budget SECONDS.",
    )


def _silences(case: Case, left_out: Iterable[Undrilled]) -> Iterator[Silence]:
    for one in left_out:
        check = " ".join(part for part in (one.check, one.name) if part)
        yield Silence(stage=case.stage, case=case.name, check=check, reason=printable(one.reason))
