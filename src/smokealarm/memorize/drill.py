"""The drill of this stage: the catalogue of faults in the user's own set-up, and healthy runs of it.

Every trial is the case as `smokealarm check` runs it, in a child of its own, with one fault planted into the
program once it is made, or with other seeds and no fault. The children are forked from a process that has
loaded torch, and two of them run at once. A fault counts as caught where a check of the
case alarms, whichever it is; a warning does not count, but is told. Checks that the case does not ask for
look on: where one of them alarms at what was missed, it is named.

The kinds of faults take turns, so that a small budget meets all of them. A drill says nothing of
faults that are not in its catalogue.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from random import Random

from msgspec import structs

from smokealarm.child import warm
from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding, Level, Verdict
from smokealarm.memorize import CHECKS
from smokealarm.memorize.faults import FAULTS, KIND_OF, told
from smokealarm.memorize.faults.planting import UNFIT
from smokealarm.memorize.selection import OPT_IN
from smokealarm.memorize.subject import LOADED
from smokealarm.results import Outcome, Results
from smokealarm.signature import fields
from smokealarm.stage import Ask, Case
from smokealarm.trial import Terms, Trial, Tried, Undrilled
from smokealarm.workspace import Workspace

WHOLE = "the case"
HEALTHY = 10  # runs with other seeds, at most
APART = 1000  # so far lie the seeds of two healthy runs, whatever `seeds` is
AT_ONCE = 2  # trials
OUT_OF_TIME = "the time was over: give it more with --budget SECONDS"
OUR_BUG = "smokealarm itself failed"


def trials(case: Case, workspace: Workspace, terms: Terms) -> Iterator[Tried]:
    """Every trial that there was time for, in an order that the seed decides."""
    asked = [ask.check for ask in case.asks if not ask.skip]
    caught = dict.fromkeys(asked, 0)
    with ThreadPoolExecutor(AT_ONCE) as pool, warm(*LOADED, cwd=workspace.root):
        as_it_is = terms.whole(case, workspace.root)
        _refuse_broken(as_it_is)
        yield _healthy(as_it_is, "as it is")
        order = iter(list(_in_turns(Random(terms.seed))))
        for name, said in _judged(case, workspace, terms, order, pool):
            if isinstance(name, int):
                yield _healthy(said, f"seed {_seed(case, name)}")
                continue
            yield (tried := _faulty(name, asked, said))
            for check in _alarmed(said) if isinstance(tried, Trial) else ():
                caught[check] = caught.get(check, 0) + 1
    if left := len(list(order)):
        yield Undrilled(check=f"{left} more trials", reason=OUT_OF_TIME)
        return
    for check in asked:
        if not caught[check]:
            yield Undrilled(check=check, reason="it alarmed at none of the planted faults")


def _judged(
    case: Case, workspace: Workspace, terms: Terms, order: Iterator[str | int], pool: Executor
) -> Iterator[tuple[str | int, Results]]:
    """Each with what the checks say of it, a few at once, as long as there is time."""
    watched = structs.replace(case, asks=(*case.asks, *_others(case)))
    begun: deque[tuple[str | int, Future[Results]]] = deque()
    try:
        while True:
            name = None if terms.is_over() else next(order, None)
            if name is not None:
                changed = (
                    _with(case, seed=_seed(case, name))
                    if isinstance(name, int)
                    else (_with(watched, fault=name))
                )
                begun.append((name, pool.submit(terms.whole, changed, workspace.root)))
            if begun and (name is None or len(begun) == 2 * AT_ONCE):
                first, said = begun.popleft()
                yield first, said.result()
            if name is None and not begun:
                return
    finally:  # after an interrupt, none of those that wait is begun
        pool.shutdown(wait=False, cancel_futures=True)


def _seed(case: Case, number: int) -> int:
    return APART * number + int(case.settings.get("seed", 0))


def _in_turns(rng: Random) -> Iterator[str | int]:
    """The faults, kind by kind in turns; after each round a healthy run, by its number."""
    kinds: dict[str, list[str]] = {}
    for name in rng.sample(sorted(FAULTS), len(FAULTS)):
        kinds.setdefault(KIND_OF[name], []).append(name)
    for number in range(max(map(len, kinds.values()))):
        yield from (names[number] for names in kinds.values() if number < len(names))
        if number < HEALTHY:
            yield number + 1


def _others(case: Case) -> Iterator[Ask]:
    """The checks that the case does not ask for, and that need nothing to be told."""
    asked = {ask.check for ask in case.asks}
    for name in CHECKS:
        needs = any(field.required for field in fields(CHECKS[name]).values())
        if name not in asked and name not in OPT_IN and not needs:
            yield Ask(check=name, place=case.place)


def _with(case: Case, **settings: object) -> Case:
    return structs.replace(case, settings={**case.settings, **settings})


def _faulty(name: str, asked: Sequence[str], said: Results) -> Tried:
    if reason := _untold(said):
        return Undrilled(check=KIND_OF[name], name=name, reason=reason)
    alarms = _alarmed(said)
    alarmed = any(check in asked for check in alarms)
    warned = [one for check in asked for one in _warnings(said, check)]
    return Trial(
        check=WHOLE,
        name=name,
        manner=KIND_OF[name],
        is_fault=True,
        alarmed=alarmed,
        detail="" if alarmed else "\n".join([told(name), *_only_warned(warned)]),
        remedy="" if alarmed else _remedy([check for check in alarms if check not in asked]),
    )


def _only_warned(warned: Sequence[Finding]) -> Iterator[str]:
    for one in warned[:1]:
        yield f"It only warned: {one.message}"


def _remedy(alarms: Sequence[str]) -> str:
    if not alarms:
        return "No other check that is asked for by default alarms at it, either."
    return f"Ask for `{'`, `'.join(alarms)}`: it alarms at this."


def _healthy(said: Results, manner: str) -> Tried:
    if reason := _untold(said):
        return Undrilled(check="healthy", name=manner, reason=reason)
    first = next((one.message for one in _findings(said) if one.level is Level.FAILURE), "")
    return Trial(
        check=WHOLE,
        name="another seed" if manner != "as it is" else manner,
        manner=manner,
        is_fault=False,
        alarmed=bool(first),
        detail=first,
        remedy=(
            "Where the program is fine, `seeds: 3` or more, more `steps`, or a hint will help."
            if first
            else ""
        ),
    )


def _untold(said: Results) -> str:
    """Why a trial says nothing of the checks: it could not be made, or we failed."""
    for silence in said.silences:
        if silence.reason.startswith(UNFIT):
            return silence.reason
    for error in said.errors:
        return error.message
    return next((one.reason for one in said.outcomes if one.reason.startswith(OUR_BUG)), "")


def _alarmed(said: Results) -> list[str]:
    return [one.check for one in said.outcomes if one.verdict is Verdict.ALARM]


def _warnings(said: Results, check: str) -> Iterator[Finding]:
    by_check: Mapping[str, Outcome] = {one.check: one for one in said.outcomes}
    for finding in by_check[check].findings if check in by_check else ():
        if finding.level is Level.WARNING:
            yield finding


def _findings(said: Results) -> Iterator[Finding]:
    for outcome in said.outcomes:
        yield from outcome.findings


def _refuse_broken(said: Results) -> None:
    told_of = [one.message for one in (*said.errors, *_findings(said))]
    doubts = [one.reason for one in said.outcomes if one.verdict is Verdict.INCONCLUSIVE]
    passed = any(one.verdict is Verdict.PASS for one in said.outcomes)
    if said.errors or said.verdict is Verdict.ALARM or not passed:
        first = next((message for message in [*told_of, *doubts] if message), "nothing was asked")
        raise Inconclusive(
            f"its checks do not pass on the set-up as it is: {first}",
            "Mend the set-up or the checks first: smokealarm check --all --stage memorize",
        )
