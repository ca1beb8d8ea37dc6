"""The drill of this stage: known faults in copies of the table, at graded strengths, and healthy copies.

Every trial writes a changed copy of the table's first 20,000 rows into a private folder and has it judged
as `smokealarm check` would. A fault counts as caught where any check of the case alarms, whichever it
is: the check that a trial names is the one that is there for such a fault. Levels are set aside, because
a warning in time is a catch too.

A drill says nothing of faults that are not in its catalogue, and its healthy copies are made of the
table's own rows: how a suite fares on tables to come is what `suggest data` resamples for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from msgspec import structs

from smokealarm.data import CHECKS
from smokealarm.data.about import other_files, other_tables
from smokealarm.data.drilling.copies import MOST_ROWS, Bench, beside, original
from smokealarm.data.drilling.faults import faults, healthy
from smokealarm.data.drilling.leaks import leaks
from smokealarm.data.drilling.planted import Original, Planted
from smokealarm.data.proposing.reference import reference
from smokealarm.errors import Inconclusive
from smokealarm.finding import Level, Verdict
from smokealarm.results import Results
from smokealarm.stage import Ask, Case
from smokealarm.trial import Terms, Trial, Tried, Undrilled
from smokealarm.workspace import Workspace

FEWEST = 20  # rows in which something can be planted
OF_THE_SIZE = ("expect_table_row_count", "freshness")  # they may mind that rows are left out
OUT_OF_TIME = "the time was over: give it more with --budget SECONDS"


def trials(case: Case, workspace: Workspace, terms: Terms) -> Iterator[Tried]:
    """Every trial that there was time for, in an order that the seed decides."""
    table = str(case.settings["table"])
    if "://" in table:
        raise Inconclusive(f"{table} is not copied from where it is", "Drill a sample in a file.")
    others = other_tables(case, CHECKS, workspace.root)
    judged = structs.replace(case, asks=_loud(case.asks))
    with (
        tempfile.TemporaryDirectory(prefix="smokealarm-") as name,
        reference(table, workspace.root, *others) as relation,
    ):
        folder, rng = Path(name), Random(terms.seed)
        source = original(relation, terms.seed)
        if source.rows < FEWEST:
            raise Inconclusive(
                f"{table} has {source.rows} rows, too few to plant anything in",
                f"A drill needs at least {FEWEST}; with 1,000 its strengths mean what they say.",
            )
        bench = Bench(relation.connection, folder, judged)
        with beside(workspace.root, other_files(case, CHECKS, workspace.root), folder):
            leaked = list(leaks(source, relation, others))
            yield from _on(bench, source, leaked, terms, rng)


def _on(
    bench: Bench, source: Original, leaked: Sequence[Planted], terms: Terms, rng: Random
) -> Iterator[Tried]:
    as_it_is, *others = healthy(source)
    said = _said(bench, source, as_it_is, terms)
    if said.verdict is not Verdict.PASS:
        raise _fails_already(said)
    yield _trial(as_it_is, said)
    planted = [*others, *leaked, *faults(source)]
    rng.shuffle(planted)
    caught: dict[str, int] = {}
    for number, one in enumerate(planted):
        if terms.is_over():
            yield Undrilled(check=f"{len(planted) - number} more changes", reason=OUT_OF_TIME)
            return
        try:
            found = _said(bench, source, one, terms)
        except Inconclusive as doubt:
            yield Undrilled(check=one.check or "healthy", name=one.name, reason=doubt.message)
            continue
        for outcome in found.outcomes if one.check else ():
            caught[outcome.check] = caught.get(outcome.check, 0) + (
                outcome.verdict is Verdict.ALARM
            )
        yield _trial(one, found)
    for check in [check for check, times in caught.items() if not times]:
        yield Undrilled(check=check, reason="it alarmed at none of the planted faults")


def _said(bench: Bench, source: Original, planted: Planted, terms: Terms) -> Results:
    bench.write(source, planted)
    case = bench.case
    if planted.tail and not planted.check:
        asks = tuple(ask for ask in case.asks if not ask.check.startswith(OF_THE_SIZE))
        case = structs.replace(case, asks=asks)
    return terms.whole(case, bench.folder)


def _loud(asks: Sequence[Ask]) -> tuple[Ask, ...]:
    return tuple(structs.replace(ask, level=Level.FAILURE) for ask in asks)


def _trial(planted: Planted, said: Results) -> Trial:
    first = next((finding.message for finding in said.findings), "")
    alarmed = said.verdict is Verdict.ALARM
    return Trial(
        check=planted.check or "the case",
        name=planted.name,
        manner=planted.manner,
        is_fault=bool(planted.check),
        alarmed=alarmed,
        detail=first if alarmed and not planted.check else "",
        remedy=planted.remedy,
    )


def _fails_already(said: Results) -> Inconclusive:
    told = [finding.message for finding in said.findings] + [one.reason for one in said.outcomes]
    first = next((message for message in told if message), "an error")
    return Inconclusive(
        f"its checks do not pass on the table's first {MOST_ROWS:,} rows as they are: {first}",
        "Mend the table or the checks first: smokealarm check --all --stage data",
    )
