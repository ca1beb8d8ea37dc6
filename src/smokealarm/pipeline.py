"""The whole story on one page: plan what concerns the change, run it, say what came of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from smokealarm.environment import environment
from smokealarm.errors import FatalError
from smokealarm.finding import Finding
from smokealarm.results import VERSION, Outcome, Results, Silence, verdict_of
from smokealarm.run_case import printable, run_case, with_place
from smokealarm.stage import Case, Stage
from smokealarm.workspace import Changes, Workspace

Load = Callable[[str], Stage]


class Step(Struct, frozen=True):
    """A case, whether it is to run, and why."""

    case: Case
    runs: bool
    why: str


def plan(cases: Iterable[Case], changes: Changes) -> tuple[Step, ...]:
    """Which cases the change concerns. Pure: nothing is opened and nothing is run."""
    return tuple(Step(case, *_concern(case, changes)) for case in cases)


def run(steps: Sequence[Step], workspace: Workspace, load: Load) -> Results:
    """Run the planned cases in their order. An error that the user must mend ends its case only."""
    started = time.monotonic()
    outcomes: list[Outcome] = []
    silences = list(_silences(steps, workspace.changes))
    errors: list[Finding] = []
    for case in (step.case for step in steps if step.runs):
        workspace.tell(f"{case.stage}: {case.name}")
        try:
            for told in run_case(case, workspace, load(case.stage)):
                if isinstance(told, Silence):
                    silences.append(told)
                else:
                    outcomes.append(told)
        except FatalError as error:
            errors += with_place(error, case)
    return Results(
        version=VERSION,
        verdict=verdict_of(outcomes, errors),
        seconds=round(time.monotonic() - started, 3),
        environment=environment(workspace.changes, outcomes),
        outcomes=tuple(outcomes),
        silences=tuple(silences),
        errors=tuple(errors),
    )


def _concern(case: Case, changes: Changes) -> tuple[bool, str]:
    """Whether the change concerns the case. One without `files:` is about the whole repository."""
    if not case.asks:
        return False, "it asks for no check"
    if case.about and not case.files and not changes.everything:
        return _touched(case, changes)
    if case.stage != "style" and not case.files:
        return True, "it has no `files:`, so every change concerns it"
    if case.stage != "style" and changes.everything:
        return True, "the whole tree is meant"
    matching = sum(bool(re.search(case.files, path)) for path in changes.paths())
    named = f" matching {case.files}" if case.files else ""
    return matching > 0, f"{matching or 'no'} changed {'files' if matching > 1 else 'file'}{named}"


def _touched(case: Case, changes: Changes) -> tuple[bool, str]:
    """Whether the change is about what the case is about, or about the case itself."""
    for about in (*case.about, case.place.path):
        for path in changes.paths():
            if path == about or path.startswith(f"{about}/"):
                return True, f"{path} changed"
    return False, f"no change to {', '.join(case.about)}; --all runs it all the same"


def _silences(steps: Sequence[Step], changes: Changes) -> Iterator[Silence]:
    """What was not run or not judged: every silence has a reason."""
    for step in steps:
        case = step.case
        if not step.runs:
            yield Silence(stage=case.stage, case=case.name, reason=step.why)
        for ask in case.asks:
            if ask.skip:
                yield Silence(stage=case.stage, case=case.name, check=ask.check, reason=ask.skip)
    styled = any(step.case.stage == "style" for step in steps)
    for left_out in changes.left_out if styled else ():
        yield Silence(stage="style", case="", path=printable(left_out.path), reason=left_out.reason)
