"""What `smokealarm status` does: reads the record along the history of HEAD, and counts."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from smokealarm import changes
from smokealarm.commands import past
from smokealarm.commands.presenting import present
from smokealarm.environment import environment
from smokealarm.errors import FatalError
from smokealarm.finding import Finding, Level, Picture, Verdict
from smokealarm.progress import Progress
from smokealarm.results import VERSION, Outcome, Results
from smokealarm.style.adopting import adoption, ignored_revs, shown
from smokealarm.style.adopting.adoption import File, Lengths, Moment
from smokealarm.style.adopting.suppressed import History, history
from smokealarm.style.adopting.survey import bench
from smokealarm.style.record import NAME, Record
from smokealarm.workspace import Workspace

MOST_POINTS = 1000


def run(options: Namespace) -> int:
    """The exit code is 0: nothing is judged."""
    started = time.monotonic()
    root = changes.root_of(Path.cwd())
    since = _since(options.since)
    if not 1 <= options.points <= MOST_POINTS:
        raise FatalError(f"--points {options.points}: expected 1 to {MOST_POINTS}")
    known = past.commits(root)
    if not known:
        raise FatalError("there is no commit yet, so nothing is adopted", "Commit something first.")
    with Progress() as progress:
        moments = _moments(root, past.along(known, since, options.points), progress)
        before = _suppressed(root, options.budget, progress)
    outcomes = tuple(_outcomes(root, moments, before))
    results = Results(
        version=VERSION,
        verdict=Verdict.PASS,
        seconds=round(time.monotonic() - started, 3),
        environment=environment(changes.whole_tree(root), outcomes),
        outcomes=outcomes,
    )
    present(
        results,
        options.format,
        _headline(moments[-1]),
        past.told(before.looked_at, before.of, before.stopped),
    )
    return 0


def _since(text: str) -> datetime:
    try:
        return past.a_day(text)
    except ArgumentTypeError as error:
        raise FatalError(f"--since: {error}") from None


def _moments(root: Path, points: Sequence[past.Commit], progress: Progress) -> list[Moment]:
    lengths = Lengths(root)
    known: dict[str, tuple[Record, tuple[File, ...]]] = {}
    for number, name in enumerate(dict.fromkeys(point.name for point in points)):
        progress.tell(f"the record at point {number} of up to {len(points)}")
        known[name] = adoption.record_at(root, name), lengths.files(past.tree(root, name))
    return [Moment(point.when.date(), *known[point.name]) for point in points]


def _suppressed(root: Path, seconds: float, progress: Progress) -> History:
    if seconds <= 0:
        return History((), 0, 0)
    workspace = Workspace(root=root, changes=changes.whole_tree(root), tell=progress.tell)
    with bench(workspace) as place:
        return history(place, past.pairs(root), seconds)


def _outcomes(root: Path, moments: Sequence[Moment], before: History) -> Iterator[Outcome]:
    rules = adoption.rules_of(moments[-1].record)
    gone = {rule for moment in moments for rule in adoption.rules_of(moment.record)}
    if rules or gone:
        pictures = (
            adoption.curve(moments, sorted({*rules, *gone})),
            adoption.table(moments[-1], rules),
        )
        yield _outcome("adoption", pictures=pictures)
    alarms = tuple(shown.unwanted_lines(before, rules))
    if any(one.suppressed for one in before.decided):
        yield _outcome("suppressed", alarms, pictures=(shown.false_alarms(before),))
    strays = tuple(_strays(root))
    if strays:
        yield _outcome("blame", strays)


def _strays(root: Path) -> Iterator[Finding]:
    """Commits that blame is told to look through, and that are no part of this history."""
    content = ignored_revs.content_at(root, "HEAD")
    if content is None:
        return
    shallow = past.is_shallow(root)
    for stray in ignored_revs.strays(root, content):
        yield Finding(
            message=f"{stray.revision.name[:12]}: {stray.why}, so git blame does not look through it",
            path=ignored_revs.NAME,
            line=stray.revision.number,
            level=Level.WARNING,
            remedy=(
                "This clone is shallow, so it may be older than what is here: git fetch --unshallow"
                if shallow
                else "Was its branch squashed or rebased? Write the name that the commit has now."
            ),
        )


def _outcome(
    check: str, findings: Sequence[Finding] = (), pictures: Sequence[Picture] = ()
) -> Outcome:
    return Outcome(
        stage="style",
        case="status",
        check=check,
        verdict=Verdict.PASS,
        findings=tuple(findings),
        pictures=tuple(pictures),
    )


def _headline(now: Moment) -> str:
    lines = len(now.record.lines)
    if not lines:
        return f"style: nothing is adopted yet: HEAD has no {NAME} (smokealarm suggest style)"
    about = shown.counted(len(now.files), "file")
    return f"style: {NAME} has {shown.counted(lines, 'line')} about {about}"
