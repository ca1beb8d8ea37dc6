"""The drill of this stage: one violation of every opted-in rule, and healthy edits, in copies.

What is measured is what the gate adds to the tools, or loses: its scope, its cache, how it lays out
files and configuration, how it follows code that moves. The judge is the bare tool, run on whole
files before and after the made-up change, under the project's own configuration:

- a fault counts where the tool names the planted rule more often after the change than before;
- an edit is healthy where it names no rule more often than before, over all files of the change,
  and not in place of another line that is still there.

What is neither is not tried. Where the case names a record, a rule counts as that says. A rule that
the tool does not name where it is broken in a new file is one that the project has not opted into:
that is a policy and no miss, and is told as not drilled. So a drill says nothing of faults that the
tools themselves do not see.

Every trial is a change by itself: a commit on the user's tree, in a throw-away repository, judged as
`smokealarm check` would judge it. Only the level of the check is set aside, because a warning in
time is a catch too.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from smokealarm.errors import Inconclusive
from smokealarm.stage import Case
from smokealarm.style.drilling import healthy, planting, python_faults, shell_faults
from smokealarm.style.drilling.bench import Bench, codes_of
from smokealarm.style.drilling.copies import checkout, copies
from smokealarm.style.drilling.edit import Copy, Edit, Fault
from smokealarm.style.drilling.planting import Plant
from smokealarm.style.drilling.repository import repository
from smokealarm.style.recorded import kept_by
from smokealarm.trial import Terms, Tried, Undrilled
from smokealarm.workspace import Workspace

Faults = Mapping[str, Sequence[Fault]]  # of each check

FAULTS: Faults = {
    "black": python_faults.BLACK * 2,
    "flake8": python_faults.FLAKE8,
    "ruff": python_faults.FLAKE8,
    "shellcheck": shell_faults.SHELLCHECK * 2,
}
LANGUAGE = {"black": "python", "flake8": "python", "ruff": "python", "shellcheck": "shell"}
HEALTHY_EACH = 5  # copies in which each healthy edit is made
ROUND = 60  # trials whose files the tools see in one go
OUT_OF_TIME = "the time was over: give it more with --budget SECONDS"


def trials(case: Case, workspace: Workspace, terms: Terms) -> Generator[Tried, None, None]:
    """Every trial that there was time for, in an order that the seed decides."""
    rng = Random(terms.seed)
    found = copies(case, workspace, rng)
    record = str(case.settings.get("record", ""))
    kept = kept_by(workspace, record) if record else None
    with tempfile.TemporaryDirectory(prefix="smokealarm-", ignore_cleanup_errors=True) as name:
        with repository(workspace, Path(name)) as made:
            bare = checkout(made, Path(name))
            bench = Bench(case=case, gate=terms.gate, made=made, bare=bare, kept=kept)
            minded: dict[str, Sequence[Fault]] = {}
            for ask in case.asks:
                fit = [copy for copy in found if copy.language == LANGUAGE.get(ask.check)]
                why = ask.skip or _unfit(ask.check, fit)
                if why:
                    yield Undrilled(check=ask.check, reason=why)
                    continue
                try:
                    minded[ask.check] = _minded(bench, ask.check, fit)
                    yield from _not_minded(bench, ask.check, fit, minded[ask.check])
                except Inconclusive as doubt:
                    yield Undrilled(check=ask.check, reason=doubt.message)
            edits = _edits(found, minded, rng)
            yield from _in_rounds(bench, edits, terms)


def _unfit(check: str, fit: Sequence[Copy]) -> str:
    if check not in FAULTS:
        return "no faults are known for this check"
    return "" if fit else "the change has no file that can be copied for it: try --all"


def _minded(bench: Bench, check: str, fit: Sequence[Copy]) -> list[Fault]:
    """The faults that the bare tool minds, each in a new file of its own."""
    plants = [Plant(check, fault, fit[n % len(fit)], n) for n, fault in enumerate(FAULTS[check])]
    probes = [planting.probe(plant) for plant in plants]
    new = {path: content for probe in probes for path, content in probe.head.items()}
    seen = bench.seen(check, new)
    minded = {one.code for one in probes if codes_of([seen[one.path]])[one.code]}
    return [fault for fault in FAULTS[check] if fault.code in minded]


def _not_minded(
    bench: Bench, check: str, fit: Sequence[Copy], minded: Sequence[Fault]
) -> Iterator[Undrilled]:
    """The rules that nobody opted into, and those that nobody here knows how to break."""
    known = {fault.code for fault in FAULTS[check]}
    for code in sorted(known - {fault.code for fault in minded}):
        yield Undrilled(check=check, name=code, reason="the project has not opted into this rule")
    present = bench.seen(check, {copy.path: copy.text.encode() for copy in fit})
    for code in sorted(codes_of(present.values()).keys() - known):
        yield Undrilled(check=check, name=code, reason="no fault is known for this rule")


def _edits(found: Sequence[Copy], minded: Faults, rng: Random) -> list[Edit]:
    """All that is to be tried, in a random order: what there is no time for is a fair sample."""
    plants = [
        Plant(
            check, fault, rng.choice([one for one in found if one.language == LANGUAGE[check]]), 0
        )
        for check, faults in minded.items()
        for fault in faults
    ]
    rng.shuffle(plants)
    made = [planting.probe(plant._replace(number=n)) for n, plant in enumerate(plants)]
    made += planting.edits(plants, rng)
    for check, faults in minded.items():
        fit = [one for one in found if one.language == LANGUAGE[check]]
        made += healthy.edits(check, fit, faults, HEALTHY_EACH, rng)
    rng.shuffle(made)
    return made


def _in_rounds(bench: Bench, edits: Sequence[Edit], terms: Terms) -> Iterator[Tried]:
    unclear: Counter[str] = Counter()
    waiting = list(edits)
    while waiting and not terms.is_over():
        start = len(edits) - len(waiting)
        taken = waiting[:ROUND]
        clear = bench.clear(taken)
        unclear.update(edit.check for edit in taken if edit not in clear)
        numbered = {start + n: edit for n, edit in enumerate(clear)}
        if numbered and not terms.is_over():
            bench.prepare(numbered, spare=len(edits) + start)
        for number, edit in numbered.items():
            if terms.is_over():
                break
            yield bench.trial(number, edit)
            clear.remove(edit)
        waiting = [*clear, *waiting[ROUND:]]
        if clear:
            break
    for check, count in Counter(edit.check for edit in waiting).items():
        yield Undrilled(check=check, name=f"{count} trials", reason=OUT_OF_TIME)
    for check, count in unclear.items():
        why = "the bare tool does not see a fault there, or sees one in a healthy edit"
        yield Undrilled(check=check, name=f"{count} trials", reason=why)
