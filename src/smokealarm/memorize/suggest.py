"""A case for a training set-up, proposed from healthy runs: steps, checks, and their false alarms."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from smokealarm.child import Limits, running, warm
from smokealarm.errors import Inconclusive, Place
from smokealarm.finding import Level, Verdict
from smokealarm.memorize import CHECKS
from smokealarm.memorize.selection import OPT_IN
from smokealarm.memorize.subject import LOADED
from smokealarm.results import Results
from smokealarm.signature import fields
from smokealarm.stage import FILE_NAME, Ask, Case
from smokealarm.wilson import wilson

STEPS = 200  # that a case trains if it says nothing
FEWEST = 50  # steps that are ever proposed
SPARE = 2  # times the steps of the slowest run
APART = 1000  # so far lie the seeds of two runs of a case, which tries some more of its own
LONGEST = 600  # seconds for the rehearsal

Whole = Callable[[Case], Results]


class Run(NamedTuple):
    """One healthy run, as the rehearsal tells of it. What is None was not finite, or is not known."""

    seed: int
    memorizable: str
    initial: float | None
    best: float | None
    floor: float | None
    left: float | None
    learnt: int | None


class Proposal(NamedTuple):
    """One check: asked for, or left out, and why.

    - `alarms`: on how many of the healthy runs
    - `why`: what it said, where it is left out or has to be known of
    """

    check: str
    asked: bool
    alarms: int = 0
    why: str = ""


class Suggestion(NamedTuple):
    """What is proposed for a set-up, and the runs that it was learnt from."""

    setup: str
    steps: int
    runs: tuple[Run, ...]
    checks: tuple[Proposal, ...]
    alarmed: int  # runs of the checks that are asked for

    @property
    def share(self) -> str:
        low, high = wilson(self.alarmed, len(self.runs))
        percents = (
            f"{100 * self.alarmed / len(self.runs):.0f} %; {100 * low:.0f} to {100 * high:.0f} %"
        )
        return f"{self.alarmed} of {len(self.runs)} ({percents})"


def suggested(
    setup: str, root: Path, whole: Whole, *, runs: int, tell: Callable[[str], None]
) -> Suggestion:
    """Train it over seeds, then ask every check at as many others. Raises what the set-up ends with."""
    with warm(*LOADED, cwd=root):
        return _suggested(setup, root, whole, runs, tell)


def _suggested(
    setup: str, root: Path, whole: Whole, runs: int, tell: Callable[[str], None]
) -> Suggestion:
    rehearsed = _rehearsed(setup, root, range(runs), tell)
    case = Case(
        stage="memorize",
        name=setup,
        place=Place(FILE_NAME),
        asks=tuple(_asks()),
        settings={"setup": setup, "steps": steps(rehearsed)},
    )
    said: list[Results] = []
    for number in range(runs):
        tell(f"memorize: run {number + 1} of {runs} with every check")
        said.append(whole(_seeded(case, APART * number)))
        if said[-1].errors:
            raise Inconclusive(said[-1].errors[0].message, said[-1].errors[0].remedy)
    checks = tuple(_proposals(case, said))
    asked = {one.check for one in checks if one.asked}
    return Suggestion(setup, steps(rehearsed), rehearsed, checks, _alarmed(said, asked))


def steps(runs: Sequence[Run]) -> int:
    """Twice those of the slowest run, where all of them learnt; never more than are usual."""
    learnt = [run.learnt for run in runs if run.learnt is not None]
    if len(learnt) < len(runs) or not learnt:
        return STEPS
    return min(max(FEWEST, 10 * math.ceil(SPARE * max(learnt) / 10)), STEPS)


def _rehearsed(
    setup: str, root: Path, seeds: range, tell: Callable[[str], None]
) -> tuple[Run, ...]:
    argument = {"setup": setup, "steps": STEPS, "seeds": list(seeds)}
    found: list[Run] = []
    call = "smokealarm.memorize.rehearsal:run"
    with running(call, argument, cwd=root, limits=Limits(LONGEST)) as messages:
        for message in messages:
            found.append(Run(**message))
            tell(f"memorize: seed {message['seed']} of {len(seeds)} is trained")
    return tuple(found)


def _asks() -> Iterator[Ask]:
    for name in CHECKS:
        needs = any(field.required for field in fields(CHECKS[name]).values())
        if name not in OPT_IN and not needs:
            yield Ask(check=name, place=Place(FILE_NAME))


def _seeded(case: Case, seed: int) -> Case:
    return structs.replace(case, settings={**case.settings, "seed": seed})


def _proposals(case: Case, said: Sequence[Results]) -> Iterator[Proposal]:
    for ask in case.asks:
        yield _proposal(ask.check, said)


def _proposal(check: str, said: Sequence[Results]) -> Proposal:
    """One that alarms now and then is left out; one that alarms mostly may well be right."""
    outcomes = [one for results in said for one in results.outcomes if one.check == check]
    silent = [one.reason for results in said for one in results.silences if one.check == check]
    alarms = [one for one in outcomes if one.verdict is Verdict.ALARM]
    doubts = [one.reason for one in outcomes if one.verdict is Verdict.INCONCLUSIVE]
    if alarms:
        first = next(one.message for one in alarms[0].findings if one.level is Level.FAILURE)
        return Proposal(check, 2 * len(alarms) > len(said), len(alarms), first)
    if silent or doubts or not outcomes:
        return Proposal(check, False, 0, [*doubts, *silent, "it said nothing"][0])
    warned = [found.message for one in outcomes for found in one.findings]
    return Proposal(check, True, 0, f"It warns: {warned[0]}" if warned else "")


def _alarmed(said: Sequence[Results], asked: set[str]) -> int:
    return sum(
        any(one.verdict is Verdict.ALARM and one.check in asked for one in results.outcomes)
        for results in said
    )
