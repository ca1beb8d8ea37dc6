"""What a drill came to, in tables and sentences: the two errors of a gate, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from smokealarm.finding import Finding, Level, Table
from smokealarm.run_case import printable
from smokealarm.stage import Case
from smokealarm.trial import Trial
from smokealarm.wilson import wilson

MOST_WRONG = 20  # examples that are told one by one


def findings(case: Case, tried: Sequence[Trial], seed: int) -> Iterator[Finding]:
    """The sum in a sentence, then every trial that was judged wrongly, then idle checks."""
    faults = [one for one in tried if one.is_fault]
    healthy = [one for one in tried if not one.is_fault]
    caught, false = _alarms(faults), _alarms(healthy)
    wrong = [one for one in tried if not one.is_right]
    yield _finding(
        case,
        f"caught {share(caught, len(faults))} of the planted faults,"
        f" alarmed falsely at {share(false, len(healthy))} of the healthy edits",
        Level.WARNING if wrong else Level.NOTICE,  # as loud as what follows, or it would be cut
        seed=seed,
    )
    for one in wrong[:MOST_WRONG]:
        yield _wrong(case, one)
    if len(wrong) > MOST_WRONG:
        more = f"and {len(wrong) - MOST_WRONG} more were judged wrongly, see the tables"
        yield _finding(case, more, Level.WARNING)
    for check in dict.fromkeys(one.check for one in faults):
        of_check = [one for one in faults if one.check == check]
        if not _alarms(of_check):
            message = f"{check} caught none of the {len(of_check)} faults that were planted for it"
            yield _finding(case, message, Level.WARNING, _idle(case, check))


def _idle(case: Case, check: str) -> str:
    if check in {ask.check for ask in case.asks}:
        return "Mend its options, or drop the check."
    return "The case has no such check; its line is told with each miss."


def tables(tried: Sequence[Trial]) -> Iterator[Table]:
    """The two-by-two table; then where the faults were, and what the healthy edits were."""
    yield two_by_two(tried)
    faults = [one for one in tried if one.is_fault]
    healthy = [one for one in tried if not one.is_fault]
    caught = ["caught", "missed", "share caught (95 % interval)"]
    false = ["alarmed", "quiet", "share of false alarms (95 % interval)"]
    yield _by("faults by check", ["check", *caught], faults, lambda one: one.check)
    yield _by("faults by manner", ["manner", *caught], faults, lambda one: one.manner)
    yield _by("healthy edits", ["edit", *false], healthy, lambda one: one.name)
    by_name = _by("faults", ["fault", *caught], faults, lambda one: f"{one.check} {one.name}")
    yield Table(
        title="faults, those missed first",
        header=by_name.header,
        rows=sorted(by_name.rows, key=lambda row: not row[2]),
    )


def two_by_two(tried: Sequence[Trial]) -> Table:
    """The table of a classifier of changes."""
    faults = [one for one in tried if one.is_fault]
    healthy = [one for one in tried if not one.is_fault]
    caught, false = _alarms(faults), _alarms(healthy)
    return Table(
        title="the two errors",
        header=["", "the change was fine", "the change had a fault"],
        rows=[
            ["quiet", f"{len(healthy) - false} rightly so", f"{len(faults) - caught} missed"],
            ["alarmed", f"{false} false alarms", f"{caught} caught"],
            ["alarmed, share", _share(false, len(healthy)), _share(caught, len(faults))],
        ],
    )


def share(hits: int, trials: int) -> str:
    """12 of 14 (86 %; 60 to 96 %)"""
    return f"{hits} of {trials} ({_share(hits, trials)})" if trials else "0 of 0"


def _share(hits: int, trials: int) -> str:
    low, high = wilson(hits, trials)
    if not trials:
        return "none tried"
    return f"{_percent(hits / trials)} %; {_percent(low)} to {_percent(high)} %"


def _percent(part: float) -> str:
    """Never 100 for what is not all, never 0 for what is not none."""
    return f"{100 * part:.0f}" if 0.01 <= part <= 0.99 or part in (0, 1) else f"{100 * part:.1f}"


def _by(
    title: str, header: list[str], tried: Sequence[Trial], key: Callable[[Trial], str]
) -> Table:
    groups: dict[str, list[Trial]] = {}
    for one in sorted(tried, key=key):
        groups.setdefault(key(one), []).append(one)
    return Table(
        title=title,
        header=header,
        rows=[
            [name, _alarms(group), len(group) - _alarms(group), _share(_alarms(group), len(group))]
            for name, group in groups.items()
        ],
    )


def _alarms(tried: Sequence[Trial]) -> int:
    return sum(one.alarmed for one in tried)


def _wrong(case: Case, one: Trial) -> Finding:
    what = "missed" if one.is_fault else "alarmed falsely at"
    manner = f", {one.manner}" if one.manner else ""
    where = f" ({one.place})" if one.place else ""
    detail = f"\n{one.detail}" if one.detail else ""
    message = f"{one.check} {what}: {one.name}{manner}{where}{detail}"
    return _finding(case, message, Level.WARNING, one.remedy)


def _finding(case: Case, message: str, level: Level, remedy: str = "", **evidence: int) -> Finding:
    return Finding(
        message=printable(message),
        remedy=printable(remedy),
        path=case.place.path,
        line=case.place.line,
        rule=f"{case.stage}/drill",
        case=case.name,
        level=level,
        evidence={**evidence},
    )
