"""A proposed case as the lines of a configuration, each with the reason for it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence

from smokealarm.finding import Scalar
from smokealarm.memorize.criterion import PASS_SHARE
from smokealarm.memorize.suggest import Proposal, Run, Suggestion


def case_lines(name: str, suggestion: Suggestion) -> Iterator[str]:
    """The lines of one item under `memorize:`, without its indentation."""
    lines = [f"name: {json.dumps(name)}"] if name else []
    lines += [f"setup: {suggestion.setup}", f"steps: {suggestion.steps}  # {_paces(suggestion)}"]
    for first, line in zip("- " + " " * len(lines), lines):
        yield f"{first} {line}"
    yield "  checks:"
    for line in (*_heading(suggestion), *hints(suggestion.runs)):
        yield f"    # {line}"
    for proposal in suggestion.checks:
        yield from _check(proposal, len(suggestion.runs))


def _paces(suggestion: Suggestion) -> str:
    learnt = [run.learnt for run in suggestion.runs]
    if None in learnt:
        return "as usual: not every run learnt the batch"
    return f"learnt at step {spread(learnt)}"


def _heading(suggestion: Suggestion) -> Iterator[str]:
    runs = suggestion.runs
    yield f"Of {len(runs)} runs with seeds of their own, so many alarmed: {suggestion.share}."
    floor = spread([run.floor for run in runs])
    yield (
        f"The loss begins at {spread([run.initial for run in runs])} and ends at"
        f" {spread([run.best for run in runs])}; its floor: {floor}."
    )
    allowed = PASS_SHARE.get(runs[0].memorizable)
    if allowed is not None:
        left = spread([run.left for run in runs])
        yield f"Left of what could be lost: {left}; at most {allowed:g} may be."


def _check(proposal: Proposal, runs: int) -> Iterator[str]:
    why = " ".join(proposal.why.split())
    if proposal.alarms:
        why = f"it alarms at {proposal.alarms} of {runs} runs: {why}"
    if not proposal.asked:
        yield f"    # {proposal.check} is left out: {why}"
        return
    if why:
        yield f"    # {why}"
    yield f"    - {proposal.check}"


def hints(runs: Sequence[Run]) -> Iterator[str]:
    """What the set-up should declare of itself, where the runs ask for it."""
    asked = runs[0].memorizable
    if asked != "full":
        yield f"The set-up says `memorizable: {asked}`."
        return
    left = [run.left if run.left is not None else math.inf for run in runs]
    stuck = sum(share > PASS_SHARE["full"] for share in left)
    if 2 * stuck <= len(runs):
        return
    best = min((run.best for run in runs if run.best is not None), default=None)
    if best is not None and all(run.floor is None for run in runs):
        yield (
            f"The floor of its loss is not known. If {best:.4g} is as low as it gets, let the set-up"
            f' return hints={{"floor": {best:.4g}}}.'
        )
    word = "partial" if sum(share <= PASS_SHARE["partial"] for share in left) > stuck / 2 else "off"
    yield (
        f"{stuck} of {len(runs)} runs did not learn the batch. If that is meant, as with strong noise,"
        f' let the set-up return hints={{"memorizable": "{word}"}}.'
    )


def spread(values: Sequence[float | None]) -> str:
    """From the lowest to the highest; those that are not known are counted."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return "unknown"
    missing = len(values) - len(known)
    span = f"{known[0]:.3g}" if known[0] == known[-1] else f"{known[0]:.3g} to {known[-1]:.3g}"
    return span + (f" ({missing} not known)" if missing else "")


def rows(runs: Sequence[Run]) -> list[list[Scalar]]:
    """The runs as the rows of a table."""
    return [
        [
            run.seed,
            *(_told(value) for value in (run.initial, run.best, run.floor, run.left)),
            run.learnt,
        ]
        for run in runs
    ]


def _told(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
