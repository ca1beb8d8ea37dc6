"""What `check --fix` does after its report: it has the tools mend what they can, and says so."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence, Set
from typing import Any

from smokealarm.finding import Level
from smokealarm.loading import load
from smokealarm.pipeline import Step
from smokealarm.report.plain import defused, visible
from smokealarm.results import Outcome, Results
from smokealarm.run_case import printable
from smokealarm.stage import Ask, Case
from smokealarm.style.source import quoted
from smokealarm.workspace import ChangedFile, Workspace

_NEW_LINE = "\\n"  # in a name
MANY = 10  # files that are named one by one


def mend(options: Namespace, results: Results, workspace: Workspace, steps: Sequence[Step]) -> None:
    """Mend, and say so where it does not come between a program and the report that it reads."""
    stream = sys.stdout if options.format == "terminal" else sys.stderr
    for line in _done(options, results, workspace, steps):
        print(defused(_NEW_LINE.join(visible(printable(line)).split("\n"))), file=stream)


def _done(
    options: Namespace, results: Results, workspace: Workspace, steps: Sequence[Step]
) -> Iterator[str]:
    if not any(step.runs and step.case.stage == "style" for step in steps):
        yield "nothing mended: no case of the stage `style` concerns this change, and only style mends"
        return
    fix = load("style.fixing.fix")
    answers = [one for one in _answers(results, steps) if one[0].stage == "style"]
    requests = [
        fix.Request(case, ask, _by_file(outcome, workspace)) for case, ask, outcome in answers
    ]
    touched_only = options.fix == "touched"
    done = fix.mend(requests, workspace, touched_only=touched_only, dry=options.dry_run)
    if done.mended:
        yield from _mended(done.mended, options.dry_run)
    elif not done.left and not done.doubts:
        yield _why_nothing({one.level for _, _, o in answers for one in o.findings}, touched_only)
    yield from _left_alone(done.left)
    for tool in dict.fromkeys(done.helpless):
        yield f"not mended: what {tool} found; --fix knows no way to mend that"
    for doubt in done.doubts:
        yield f"not mended: {doubt.message}"
        yield f"  {doubt.remedy}"


def _answers(results: Results, steps: Sequence[Step]) -> Iterator[tuple[Case, Ask, Outcome]]:
    """What each check came to. A case that ended early has fewer outcomes than checks."""
    outcomes = deque(results.outcomes)
    for case in (step.case for step in steps if step.runs):
        for ask in case.asks:
            name = case.stage, case.name, ask.check
            if outcomes and name == (outcomes[0].stage, outcomes[0].case, outcomes[0].check):
                yield case, ask, outcomes.popleft()


def _by_file(outcome: Outcome, workspace: Workspace) -> dict[ChangedFile, list[Any]]:
    """The findings by file; a report knows only the printable form of a name."""
    found = defaultdict(list)
    for finding in outcome.findings:
        found[finding.path].append(finding)
    files = {file: found[printable(file.path)] for file in workspace.changes.files}
    return {file: findings for file, findings in files.items() if findings}


def _mended(mended: Sequence[Any], dry: bool) -> Iterator[str]:
    names = [f"{one.path} ({' '.join(_by_what(one))})" for one in mended]
    many = f"{len(names)} file{'s' if len(names) > 1 else ''}"
    yield f"{'would mend' if dry else 'mended'} {many}: {_some(names)}"
    if not dry:
        yield "  Look at it with `git diff`, then stage it."


def _why_nothing(levels: Set[Level], touched_only: bool) -> str:
    if not levels:
        return "nothing to mend"
    if touched_only:
        return "nothing mended: no tool has a fix of its own for what it found on changed lines"
    if levels == {Level.NOTICE}:
        return "nothing mended: notices stay as they are (--fix-lines mends them on changed lines)"
    return "nothing mended: no tool has a fix of its own for what counts here"


def _by_what(one: Any) -> Iterator[str]:
    yield one.tool
    yield from (rule for rule in one.rules if rule != one.tool)


def _left_alone(left: Sequence[Any]) -> Iterator[str]:
    """One line for each reason, and what to do."""
    paths = defaultdict(list)
    for one in left:
        paths[one.why].append(one.path)
    for why, alone in paths.items():
        yield f"left alone, because {why.reason}: {_some(alone)}"
        yield f"  {why.remedy.format(paths=' '.join(map(quoted, alone[:MANY])))}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - MANY
    return ", ".join(names[:MANY]) + (f" and {more} more" if more > 0 else "")
