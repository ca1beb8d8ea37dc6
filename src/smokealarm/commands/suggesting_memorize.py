"""What `smokealarm suggest memorize` does: train over seeds, show a case, and on demand write it."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from smokealarm import changes
from smokealarm.commands.adding import continued, difference
from smokealarm.commands.presenting import present
from smokealarm.drill import whole
from smokealarm.environment import environment
from smokealarm.errors import FatalError, Inconclusive, SmokealarmError
from smokealarm.finding import Table, Verdict
from smokealarm.memorize.case_text import case_lines, rows
from smokealarm.memorize.suggest import Suggestion, suggested
from smokealarm.progress import Progress
from smokealarm.results import VERSION, Outcome, Results, exit_code, write_atomically
from smokealarm.run_case import printable
from smokealarm.stage import FILE_NAME
from smokealarm.workspace import Changes


def run(options: Namespace) -> int:
    """The exit code is 0 whatever is proposed, for nothing is judged; 3 where nothing can be learnt."""
    started = time.monotonic()
    root = changes.root_of(Path.cwd())
    with Progress() as progress:
        suggestion, doubt = _learnt(options, root, progress)
    results = _results(options, suggestion, doubt, time.monotonic() - started)
    lines = list(case_lines(options.name, suggestion)) if suggestion else []
    writing = continued(root, "memorize", lines) if suggestion and options.write else None
    present(results, options.format, _headline(options, suggestion), _ending(options, suggestion))
    if suggestion and not options.write and options.format == "terminal":
        print("\n" + "\n".join(["memorize:", *(f"  {line}" for line in lines)]))
    if writing:
        write_atomically(root / FILE_NAME, writing[1])
        to = sys.stdout if options.format == "terminal" else sys.stderr
        print("\n".join(difference(*writing)), file=to)
    return exit_code(results)


def _learnt(
    options: Namespace, root: Path, progress: Progress
) -> tuple[Suggestion | None, SmokealarmError | None]:
    progress.tell(f"memorize: learning from {options.setup}")
    try:
        found = suggested(
            options.setup,
            root,
            lambda case: whole(case, root),
            runs=options.runs,
            tell=progress.tell,
        )
    except FatalError:
        raise
    except Inconclusive as doubt:
        return None, doubt
    except SmokealarmError as ending:  # it crashed, or its process died
        message = f"the set-up ends before anything is learnt: {ending.message}"
        remedy = "Mend it first; smokealarm check --stage memorize tells where."
        return None, Inconclusive(message, remedy, ending.place)
    return found, None


def _results(
    options: Namespace, found: Suggestion | None, doubt: SmokealarmError | None, seconds: float
) -> Results:
    outcome = Outcome(
        stage="memorize",
        case=printable(options.setup),
        check="suggest",
        verdict=Verdict.INCONCLUSIVE if doubt else Verdict.PASS,
        seconds=round(seconds, 3),
        pictures=tuple(_tables(found)) if found else (),
        reason=printable(doubt.message) if doubt else "",
        remedy=printable(doubt.remedy) if doubt else "",
        path=printable(doubt.place.path) if doubt and doubt.place else "",
        line=doubt.place.line if doubt and doubt.place else 1,
    )
    return Results(
        version=VERSION,
        verdict=outcome.verdict,
        seconds=outcome.seconds,
        environment=environment(Changes(everything=True, described=options.setup), [outcome]),
        outcomes=(outcome,),
    )


def _tables(found: Suggestion) -> Iterator[Table]:
    yield Table(
        title="Healthy runs",
        header=["seed", "first loss", "best loss", "floor", "left", "learnt at step"],
        rows=rows(found.runs),
    )
    yield Table(
        title=f"What the checks say in {len(found.runs)} runs",
        header=["check", "proposed", "runs that alarm", "it says"],
        rows=[
            [one.check, "yes" if one.asked else "no", one.alarms, printable(one.why)]
            for one in found.checks
        ],
    )


def _headline(options: Namespace, found: Suggestion | None) -> str:
    if not found:
        return f"suggest memorize: nothing can be learnt from {options.setup}"
    asked = sum(one.asked for one in found.checks)
    return f"suggest memorize: {asked} check{'' if asked == 1 else 's'} for {options.setup}"


def _ending(options: Namespace, found: Suggestion | None) -> Iterator[str]:
    if not found:
        return
    if any(one.asked and one.alarms for one in found.checks):
        yield "It alarms at most of the runs: mend what it shows, or the set-up, before you keep the case."
    yield "What the case catches and misses: smokealarm drill memorize"
    if not options.write:
        yield f"Nothing is written yet. To add it to {FILE_NAME}: the same with --write"
