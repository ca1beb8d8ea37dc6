"""Which of a tool's findings count: all, those on changed lines, or those that the change adds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from msgspec import structs

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding, Level
from smokealarm.style.sandbox import Sandbox
from smokealarm.style.source import Source, Sources

Scope = Literal["new", "files", "lines"]
Look = Callable[[Sources], Iterable[Finding]]
Fingerprint = tuple[object, str, str]


def narrowed(scope: Scope, look: Look, sources: Sources, box: Sandbox) -> Iterator[Finding]:
    """What counts of what the check sees. A doubt of the check comes after what it did see."""
    found, doubt = _seen(look, sources)
    by_path: dict[str, list[Finding]] = {}
    for finding in found:
        by_path.setdefault(finding.path or "", []).append(finding)
    old = [source for source in sources.files if source.path in by_path and source.file.base_blob]
    comparable = {source.path for source in old}
    yield from (finding for finding in found if scope == "files" or finding.path not in comparable)
    if scope != "files" and old:
        yield from _compared(scope, look, sources, box, old, by_path)
    if doubt:
        raise doubt


def _seen(look: Look, sources: Sources) -> tuple[list[Finding], Inconclusive | None]:
    found: list[Finding] = []
    try:
        for finding in look(sources):
            found.append(finding)
    except Inconclusive as doubt:
        return found, doubt
    return found, None


def _compared(
    scope: Scope,
    look: Look,
    sources: Sources,
    box: Sandbox,
    old: Sequence[Source],
    by_path: dict[str, list[Finding]],
) -> Iterator[Finding]:
    """The findings that count in files that the base has too."""
    base = box.at_base(old)
    before: dict[str, list[Finding]] = {}
    for finding in look(base) if scope == "new" else ():
        before.setdefault(finding.path or "", []).append(finding)
    for source in old:
        lines = sources.lines(source)
        touched = changed_lines(base.lines(source), lines)
        if scope == "lines":
            yield from (one for one in by_path[source.path] if _touches(one, touched))
        else:
            was = _fingerprints(before.get(source.path, ()), base.lines(source))
            yield from _added(by_path[source.path], lines, touched, was)


def _added(
    found: Sequence[Finding], lines: Sequence[str], touched: set[int], was: Counter[Fingerprint]
) -> Iterator[Finding]:
    """Those of which the base has no like. Of equal ones, that on a changed line is the new one."""
    new = []
    for finding in sorted(found, key=lambda finding: _touches(finding, touched)):
        like = _fingerprint(finding, lines)
        if was[like] and "code" in finding.evidence:  # a word on what was not judged is never old
            was[like] -= 1
            if _is_layout(finding) and _touches(finding, touched):
                new.append(_notice(finding))
        else:
            new.append(finding)
    yield from sorted(new, key=lambda finding: (finding.line or 0, finding.column or 0))


def _notice(finding: Finding) -> Finding:
    """A file that was not formatted before is not the author's to format: many lines are others'."""
    return structs.replace(
        finding,
        level=Level.NOTICE,
        message=f"{finding.message} (the file was not formatted before this change either)",
    )


def _fingerprints(found: Iterable[Finding], lines: Sequence[str]) -> Counter[Fingerprint]:
    return Counter(_fingerprint(finding, lines) for finding in found)


def _fingerprint(finding: Finding, lines: Sequence[str]) -> Fingerprint:
    """What stays the same of a violation when lines move: not its place, nor numbers told of it."""
    code = finding.evidence.get("code")
    if _is_layout(finding):
        return code, "", ""
    at = (finding.line or 1) - 1
    line = lines[at] if at < len(lines) else ""
    return code, re.sub(r"\d+", "", finding.message), " ".join(line.split())


def _is_layout(finding: Finding) -> bool:
    """Whether it is about the file as a whole, in several places: a formatter's."""
    return "lines" in finding.evidence


def _touches(finding: Finding, touched: set[int]) -> bool:
    spans = str(finding.evidence.get("lines", "")) or f"{finding.line or 1}-{finding.line or 1}"
    ends = (span.split("-") for span in spans.split(","))
    return any(not touched.isdisjoint(range(int(a), int(b) + 1)) for a, b in ends)


def changed_lines(before: Sequence[str], after: Sequence[str]) -> set[int]:
    """The numbers of the lines that are new or edited, counted from 1."""
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return {
        number
        for code, _, _, first, last in codes
        if code != "equal"
        for number in range(first + 1, last + 1)
    }
