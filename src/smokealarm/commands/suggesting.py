"""What `smokealarm suggest style` does: survey, propose, show, and on demand write."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import structs

from smokealarm import changes
from smokealarm.commands import opting_in, past
from smokealarm.commands.presenting import present
from smokealarm.environment import environment
from smokealarm.finding import Finding, Picture, Verdict
from smokealarm.progress import Progress
from smokealarm.results import VERSION, Outcome, Results, exit_code, verdict_of
from smokealarm.run_case import printable
from smokealarm.style.adopting import shown
from smokealarm.style.adopting.suppressed import History, history
from smokealarm.style.adopting.survey import SURVEYED, Survey, bench, surveyed
from smokealarm.style.adopting.tally import tallies
from smokealarm.style.record import Record
from smokealarm.style.suggest import Proposal, proposals
from smokealarm.workspace import Changes, Workspace


def run(options: Namespace) -> int:
    """The exit code is 0 whatever is found, for nothing is judged; 3 where a tool could not tell."""
    started = time.monotonic()
    root = changes.root_of(Path.cwd())
    record = opting_in.record_of(root)
    with Progress() as progress:
        workspace = Workspace(root=root, changes=changes.whole_tree(root), tell=progress.tell)
        with bench(workspace) as place:
            surveys = [surveyed(place, tool) for tool in SURVEYED]
            known = past.pairs(root) if options.budget > 0 else []
            before = history(place, known, options.budget)
        made = proposals(surveys, place.box.companions, before.unwanted, layout=options.layout)
    wanted = [one for one in made if record.kept(one.line.region) < one.line.state]
    writing = opting_in.writing(root, record, [one.line for one in wanted])
    outcomes = tuple(_outcomes(surveys, wanted, before, record, time.monotonic() - started))
    results = _results(workspace.changes, outcomes)
    present(
        results,
        options.format,
        _headline(surveys, wanted),
        _ending(options, surveys, before, wanted),
    )
    if options.write and wanted:
        on_page = options.format == "terminal"
        opting_in.write(root, writing, sys.stdout if on_page else sys.stderr)
    return exit_code(results)


def _results(judged: Changes, outcomes: tuple[Outcome, ...]) -> Results:
    return Results(
        version=VERSION,
        verdict=verdict_of(outcomes, ()),
        seconds=round(sum(outcome.seconds for outcome in outcomes), 3),
        environment=environment(judged, outcomes),
        outcomes=outcomes,
    )


def _outcomes(
    surveys: Sequence[Survey],
    wanted: Sequence[Proposal],
    before: History,
    record: Record,
    seconds: float,
) -> Iterator[Outcome]:
    found = sorted(
        (tally for survey in surveys for tally in tallies(survey)),
        key=lambda tally: (tally.tier, tally.lines),
    )
    kept = [(line.region.tool, line.region.rule) for line in record.lines]
    unwanted = tuple(shown.unwanted_lines(before, kept))
    yield _outcome("today", [shown.fails_today(found)], seconds=seconds)
    if any(one.suppressed for one in before.decided):
        yield _outcome("suppressed", [shown.false_alarms(before)], unwanted)
    yield _outcome("suggest", [*shown.adoptable(wanted)], [*shown.fixes(found, wanted)])
    for survey in surveys:
        if survey.doubt:
            yield Outcome(
                stage="style",
                case="suggest",
                check=survey.tool,
                verdict=Verdict.INCONCLUSIVE,
                reason=printable(survey.doubt.message),
                remedy=printable(survey.doubt.remedy),
            )


def _outcome(
    check: str, pictures: Sequence[Picture], findings: Sequence[Finding] = (), seconds: float = 0.0
) -> Outcome:
    return Outcome(
        stage="style",
        case="suggest",
        check=check,
        verdict=Verdict.PASS,
        seconds=seconds,
        findings=tuple(_printed(finding) for finding in findings),
        pictures=tuple(pictures),
    )


def _printed(finding: Finding) -> Finding:
    """With names that JSON can hold."""
    path = printable(finding.path) if finding.path else None
    message, remedy = printable(finding.message), printable(finding.remedy)
    return structs.replace(finding, path=path, message=message, remedy=remedy, rule="style/suggest")


def _headline(surveys: Sequence[Survey], wanted: Sequence[Proposal]) -> str:
    asked = ", ".join(
        f"{survey.tool} on {shown.counted(len(survey.files), 'file')}" for survey in surveys
    )
    offer = f"{shown.counted(len(wanted), 'line')} to opt into" if wanted else "nothing to add"
    return f"suggest style: {offer} ({asked})"


def _ending(
    options: Namespace, surveys: Sequence[Survey], before: History, wanted: Sequence[Proposal]
) -> Iterator[str]:
    yield from past.told(before.looked_at, before.of, before.stopped)
    if any(survey.tool == "flake8" and survey.files and not survey.rules for survey in surveys):
        yield "This flake8 does not list its rules, so those that nothing breaks are not proposed."
    for tally in (
        tally for survey in surveys if survey.tool == "black" for tally in tallies(survey)
    ):
        yield (
            f"Black would rewrite {shown.counted(tally.lines, 'line')} of "
            f"{shown.counted(tally.files, 'file')}. To format a folder in a commit of its own: "
            "smokealarm adopt FOLDER"
        )
    if wanted and not options.write:
        yield "Nothing is written yet. To opt in: smokealarm suggest style --write"
