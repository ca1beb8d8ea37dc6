"""What `smokealarm suggest data` does: learn a suite from a table, show it, and on demand write it."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from smokealarm import changes
from smokealarm.commands.adding import continued, difference
from smokealarm.commands.presenting import present
from smokealarm.data.proposing.reference import reference
from smokealarm.data.proposing.suite_text import case_lines
from smokealarm.data.suggest import Suite, suggested
from smokealarm.environment import environment
from smokealarm.errors import Inconclusive
from smokealarm.finding import Table, Verdict
from smokealarm.progress import Progress
from smokealarm.results import VERSION, Outcome, Results, exit_code, write_atomically
from smokealarm.run_case import printable
from smokealarm.stage import FILE_NAME
from smokealarm.workspace import Changes


def run(options: Namespace) -> int:
    """The exit code is 0 whatever is proposed, for nothing is judged; 3 where nothing can be learnt."""
    started = time.monotonic()
    root = changes.root_of(Path.cwd())
    suite, doubt = None, None
    with Progress() as progress:
        progress.tell(f"data: learning from {options.table}")
        try:
            with reference(options.table, root) as relation:
                suite = suggested(
                    relation,
                    target=options.target,
                    batch=options.batch_rows,
                    block=options.block,
                    seed=options.seed,
                )
        except Inconclusive as met:
            doubt = met
    results = _results(options, suite, doubt, time.monotonic() - started)
    lines = list(case_lines(_name(options), options.table, suite)) if suite else []
    writing = continued(root, "data", lines) if suite and options.write else None
    present(results, options.format, _headline(options, suite), _ending(options, suite))
    to = sys.stdout if options.format == "terminal" else sys.stderr
    if suite and not options.write and options.format == "terminal":
        print("\n" + "\n".join(["data:", *(f"  {line}" if line else "" for line in lines)]))
    if writing:
        write_atomically(root / FILE_NAME, writing[1])
        print("\n".join(difference(*writing)), file=to)
    return exit_code(results)


def _name(options: Namespace) -> str:
    return options.name or Path(options.table).stem


def _results(
    options: Namespace, suite: Suite | None, doubt: Inconclusive | None, seconds: float
) -> Results:
    outcome = Outcome(
        stage="data",
        case=printable(options.table),
        check="suggest",
        verdict=Verdict.INCONCLUSIVE if doubt else Verdict.PASS,
        seconds=round(seconds, 3),
        pictures=(_picture(suite),) if suite else (),
        reason=printable(doubt.message) if doubt else "",
        remedy=printable(doubt.remedy) if doubt else "",
    )
    return Results(
        version=VERSION,
        verdict=outcome.verdict,
        seconds=outcome.seconds,
        environment=environment(Changes(everything=True, described=options.table), [outcome]),
        outcomes=(outcome,),
    )


def _picture(suite: Suite) -> Table:
    rows = [
        [check, str(line.options.get("column", "")), line.why, line.catches]
        for check, line in suite.checks
    ]
    return Table(
        title="What is proposed, and the smallest fault that it catches 9 times of 10",
        header=["check", "column", "because", "catches"],
        rows=[[printable(cell) for cell in row] for row in rows],
    )


def _headline(options: Namespace, suite: Suite | None) -> str:
    if not suite:
        return f"suggest data: nothing can be learnt from {options.table}"
    checks = len(suite.checks)
    return f"suggest data: {checks} check{'' if checks == 1 else 's'} for {options.table}"


def _ending(options: Namespace, suite: Suite | None) -> Iterator[str]:
    if not suite:
        return
    if suite.left_out:
        shown = "; ".join(suite.left_out[:5])
        more = f"; and {len(suite.left_out) - 5} more" if len(suite.left_out) > 5 else ""
        yield f"Left out: {shown}{more}."
    yield "What the suite catches and misses: smokealarm drill data"
    if not options.write:
        yield f"Nothing is written yet. To add it to {FILE_NAME}: the same with --write"
