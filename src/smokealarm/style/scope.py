"""Which of a tool's findings count: all, those on changed lines, or those that the change adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import structs

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding, Level
from smokealarm.style.judging import Judge
from smokealarm.style.layout import is_layout, published
from smokealarm.style.pair import Seen, Standing
from smokealarm.style.recorded import Kept
from smokealarm.style.sandbox import Sandbox
from smokealarm.style.source import Sources
from smokealarm.style.standing import pairs_of, standings

Scope = Literal["new", "files", "lines"]


def narrowed(
    scope: Scope, judge: Judge, sources: Sources, box: Sandbox, kept: Kept | None = None
) -> Iterator[Finding]:
    """What counts of what the tool sees: by the record if there is one, else by the scope.

    A doubt of the tool comes after what it did see.
    """
    yield from map(published, _counted(scope, judge, sources, box, kept))


def _counted(
    scope: Scope, judge: Judge, sources: Sources, box: Sandbox, kept: Kept | None
) -> Iterator[Finding]:
    if kept and not judge.tool.touched_only:
        concerned = (one for one in sources.files if kept.concerns(judge.name, one.path))
        sources = sources.only(concerned)
    found, doubt = _seen(judge, sources)
    if judge.tool.touched_only:
        yield from _touched(found, sources, box)
    elif kept:
        yield from _kept(found, judge, sources, box, kept)
    elif scope == "files":
        yield from found
    elif scope == "lines":
        yield from _touched(found, sources, box)
    else:
        yield from _added(found, judge, sources, box)
    if doubt:
        raise doubt


def _touched(found: Sequence[Finding], sources: Sources, box: Sandbox) -> Iterator[Finding]:
    for pair in pairs_of(found, sources, box):
        touching = sorted(filter(pair.touches, pair.fresh), key=_position)
        yield from map(pair.on_touched, touching)


def _added(
    found: Sequence[Finding], judge: Judge, sources: Sources, box: Sandbox
) -> Iterator[Finding]:
    new = [one for seen in standings(judge, found, sources, box) for one in _new(seen)]
    yield from sorted(new, key=_position)


def _kept(
    found: Sequence[Finding], judge: Judge, sources: Sources, box: Sandbox, kept: Kept
) -> Iterator[Finding]:
    """All of a rule that is kept strictly, what the change adds of the others, nothing of the rest."""
    by_state: dict[str, list[Finding]] = {"OFF": [], "NEW": [], "STRICT": []}
    for finding in found:
        known = str(finding.evidence.get("code", ""))
        by_state[kept.state(judge.name, known, finding.path or "").name].append(finding)
    yield from by_state["STRICT"]
    yield from _added(by_state["NEW"], judge, sources, box)


def _seen(judge: Judge, sources: Sources) -> tuple[list[Finding], Inconclusive | None]:
    found: list[Finding] = []
    try:
        for finding in judge(sources):
            found.append(finding)
    except Inconclusive as doubt:
        return found, doubt
    return found, None


def _new(seen: Seen) -> Iterable[Finding]:
    """What the change adds; what it touches and does not mend is worth a notice."""
    if seen.standing is Standing.ADDED:
        yield seen.finding
    elif seen.standing is Standing.EDITED:
        yield _notice(seen.finding, "the line broke this rule before the change too")
    elif is_layout(seen.finding) and seen.touched:
        # To format the whole file is not the author's part: most of those lines are others'.
        yield _notice(seen.finding, "the file was not formatted before this change either")


def _notice(finding: Finding, why: str) -> Finding:
    return structs.replace(finding, level=Level.NOTICE, message=f"{finding.message} ({why})")


def _position(finding: Finding) -> tuple[str, int, int]:
    return finding.path or "", finding.line or 0, finding.column or 0
