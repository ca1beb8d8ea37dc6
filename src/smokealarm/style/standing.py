"""Where every finding of a tool stands: against its file at the base, and against the other files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from smokealarm.finding import Finding
from smokealarm.style.layout import is_layout, spans
from smokealarm.style.pair import (
    Fingerprint,
    Pair,
    Seen,
    Standing,
    fingerprint,
    is_violation,
    squeezed,
)
from smokealarm.style.sandbox import Sandbox
from smokealarm.style.source import Source, Sources
from smokealarm.workspace import ChangedFile

Look = Callable[[Sources], Iterable[Finding]]


def standings(
    look: Look, found: Sequence[Finding], sources: Sources, box: Sandbox
) -> Iterator[Seen]:
    """Each finding with its standing. Only what has findings is judged at the base too."""
    pairs = pairs_of(found, sources, box)
    before = _by_path(look(box.sources(pair.before for pair in pairs if pair.before)))
    for pair in pairs:
        yield from pair.compare(before[pair.path])
    fresh = [pair for pair in pairs if pair.fresh]
    yield from _moved(look, fresh, pairs, box)
    for pair in fresh:
        yield from (pair.seen(finding, Standing.ADDED) for finding in pair.fresh)


def pairs_of(found: Iterable[Finding], sources: Sources, box: Sandbox) -> list[Pair]:
    """The files with findings, before and after."""
    by_path = _by_path(found)
    after = [source for source in sources.files if source.path in by_path]
    base = box.at_base([source.file for source in after if _has_base(source)])
    old = {source.path: source for source in base.files}
    return [Pair(old.get(source.path), source, by_path[source.path]) for source in after]


def _moved(
    look: Look, fresh: Sequence[Pair], pairs: Sequence[Pair], box: Sandbox
) -> Iterator[Seen]:
    """Those that another file of the change has lost: code that moves takes its violations along."""
    gone = _gone_lines(box) if fresh else {}
    donors = [file for file, lines in gone.items() if _gives(lines, fresh)]
    lost = _lost(look, donors, pairs, box) if donors else {}
    for pair in fresh:
        elsewhere = {path: likes for path, likes in lost.items() if path != pair.path}
        for finding in list(pair.fresh):
            if is_layout(finding):
                # One about blank lines alone is about the file.
                lines = _lines_of(finding, pair) or {
                    " ".join(line.split()) for line in pair.lines
                } - {""}
                moved = not pair.before and lines <= set().union(*gone.values())
            else:
                moved = is_violation(finding) and _taken(finding, pair, elsewhere)
            if moved:
                pair.fresh.remove(finding)
                yield pair.seen(finding, Standing.OLD)


def _gone_lines(box: Sandbox) -> dict[ChangedFile, Counter[str]]:
    """The lines that each changed file has lost, without their indentation."""
    changes = box.workspace.changes
    files = [file for file in [*changes.files, *changes.beside] if file.base_blob and file.language]
    pairs = zip(files, box.at_base(files).files, box.at_head(files).files)
    return {file: _lines(before) - _lines(after) for file, before, after in pairs}


def _lines(source: Source) -> Counter[str]:
    return Counter(" ".join(line.split()) for line in source.lines)


def _gives(gone: Counter[str], fresh: Iterable[Pair]) -> bool:
    """Whether the file lost a line on which there is a finding now."""
    return any(_lines_of(one, pair) & gone.keys() for pair in fresh for one in pair.fresh)


def _lines_of(finding: Finding, pair: Pair) -> set[str]:
    numbers = (number for span in spans(finding) for number in span)
    return {squeezed(pair.lines, number) for number in numbers} - {""}


def _lost(
    look: Look, donors: Sequence[ChangedFile], pairs: Sequence[Pair], box: Sandbox
) -> dict[str, Counter[Fingerprint]]:
    """What the tool found in each donor before the change, and finds there no more."""
    known = {pair.path: pair for pair in pairs}
    lost = {
        path: Counter(fingerprint(finding, pair.old_lines) for finding in pair.lost)
        for path, pair in known.items()
    }
    others = [file for file in donors if file.path not in known]
    before, after = (_likes(look, at(others)) for at in (box.at_base, box.at_head))
    return lost | {file.path: before[file.path] - after[file.path] for file in others}


def _likes(look: Look, sources: Sources) -> dict[str, Counter[Fingerprint]]:
    found = _by_path(look(sources))
    return {
        source.path: Counter(fingerprint(one, source.lines) for one in found[source.path])
        for source in sources.files
    }


def _taken(finding: Finding, pair: Pair, lost: Mapping[str, Counter[Fingerprint]]) -> bool:
    """Whether another file lost one like this; if so, it is taken from there only once."""
    like = fingerprint(finding, pair.lines)
    giver = next((likes for likes in lost.values() if likes[like] > 0), None)
    if giver is None:
        return False
    giver[like] -= 1
    return True


def _by_path(found: Iterable[Finding]) -> defaultdict[str, list[Finding]]:
    by_path: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        by_path[finding.path or ""].append(finding)
    return by_path


def _has_base(source: Source) -> bool:
    return bool(source.file.base_blob)
