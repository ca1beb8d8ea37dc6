"""Which rules people suppress rather than keep: style's false alarms, measured from history.

Between two commits, a violation can be decided in two ways: somebody excuses it (`# noqa`,
`# shellcheck disable=`), or somebody takes it away while the file stays. The measure of a rule is

    suppressed / (suppressed + mended)

where `suppressed` are the excuses that are there after and not before, and `mended` the violations
that stood unexcused before and are gone after. Both are counted over all changed files at once, so
that code which moves counts for neither. What an excuse hides is found by judging the file again
without its excuses: an excuse that hides nothing is none.

It does not see what was mended before it was committed, so a rule that has long been kept by a gate
looks worse than it is. And a violation that goes because its code is rewritten counts as mended.
That is why a rule needs both: more than half, and at least five excuses. Excuses in configuration
files (`ignore`, `per-file-ignores`) are not counted: the rule is off there, and not proposed.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import structs

from smokealarm.finding import Finding
from smokealarm.style import TOOLS
from smokealarm.style.pair import Fingerprint, code, fingerprint, is_violation
from smokealarm.style.source import Source
from smokealarm.style.survey import AT_ONCE, Bench, judged
from smokealarm.workspace import ChangedFile, Changes

ENOUGH = 5  # excuses, below which a share says nothing
TOO_MANY = 0.5

_EXCUSES: Mapping[str, tuple[re.Pattern[bytes], bytes]] = {
    # What replaces them is as long, so that no line gets shorter and no column moves.
    "flake8": (re.compile(rb"(#[^\n]*?)\bnoqa\b", re.IGNORECASE), rb"\1nqoa"),
    "shellcheck": (re.compile(rb"(#\s*)shellcheck(\s[^\n]*\bdisable=)"), rb"\1shellchcek\2"),
}
_UNREADABLE = ("E902", "E999")
_COMMENT = re.compile(r"#.*")

Likes = Counter[Fingerprint]


class Decided(NamedTuple):
    """How people decided on a rule."""

    tool: str
    rule: str
    suppressed: int
    mended: int

    @property
    def share(self) -> float:
        return self.suppressed / (self.suppressed + self.mended)

    @property
    def is_unwanted(self) -> bool:
        """Whether it is style's false alarm."""
        return self.suppressed >= ENOUGH and self.share > TOO_MANY


class Known(NamedTuple):
    """What a tool sees in some files: all of it, and the part that is excused."""

    all: Likes
    excused: Likes


class History(NamedTuple):
    """The decisions, most suppressed first, and how far back they reach."""

    decided: tuple[Decided, ...]
    looked_at: int  # pairs of commits
    of: int

    @property
    def unwanted(self) -> frozenset[str]:
        return frozenset(one.rule for one in self.decided if one.is_unwanted)


def history(place: Bench, pairs: Sequence[Iterable[Changes]], seconds: float) -> History:
    """Over pairs of commits, newest first; each is made when it is its turn, while there is time."""
    end = time.monotonic() + seconds
    suppressed: Counter[tuple[str, str]] = Counter()
    mended: Counter[tuple[str, str]] = Counter()
    number = 0
    for number, pair in enumerate(pairs, 1):
        if time.monotonic() > end:
            number -= 1
            break
        place.workspace.tell(f"what people suppress: {number} of {len(pairs)} parts of history")
        for changes in pair:
            for tool in _EXCUSES:
                _count(place, tool, changes, suppressed, mended)
    decided = [Decided(*key, suppressed[key], mended[key]) for key in suppressed | mended]
    ordered = sorted(decided, key=lambda one: (-one.is_unwanted, -one.suppressed, one))
    return History(tuple(ordered), number, len(pairs))


def _count(
    place: Bench,
    tool: str,
    changes: Changes,
    suppressed: Counter[tuple[str, str]],
    mended: Counter[tuple[str, str]],
) -> None:
    files = [
        file
        for file in (*changes.files, *changes.beside)
        if file.language in TOOLS[tool].languages and file.blob != file.base_blob
    ]
    broken = _broken(place, tool, [*_at_base(place, files), *_at_head(place, files)])
    gone = [file for file in files if file.deleted and file.path not in broken]
    kept = [file for file in files if not file.deleted and file.path not in broken]
    before = _known(place, tool, _at_base(place, kept))
    lost = _known(place, tool, _at_base(place, gone))
    after = _known(place, tool, _at_head(place, kept))
    excused = after.excused - (before.excused + lost.excused)
    taken = (before.all - before.excused) - after.all
    suppressed.update(_by_rule(tool, excused))
    mended.update(_by_rule(tool, taken))


def _at_base(place: Bench, files: Iterable[ChangedFile]) -> tuple[Source, ...]:
    return place.box.at_base([file for file in files if file.base_blob]).files


def _at_head(place: Bench, files: Iterable[ChangedFile]) -> tuple[Source, ...]:
    return place.box.at_head([file for file in files if not file.deleted]).files


def _broken(place: Bench, tool: str, sources: Sequence[Source]) -> set[str | None]:
    """What this Python cannot read before or after: there, no other rule is told."""
    found = _found(place, tool, sources)
    return {finding.path for finding in found if code(finding) in _UNREADABLE}


def _by_rule(tool: str, likes: Likes) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for (rule, _, _), count in likes.items():
        counts[tool, str(rule)] += count
    return counts


def _known(place: Bench, tool: str, sources: Sequence[Source]) -> Known:
    bare = [_without_excuses(tool, source) for source in sources]
    muted = [source for source, one in zip(sources, bare) if one is not source]
    everything = _likes(place, tool, bare)
    heard = _likes(place, tool, muted)
    hidden = _likes(place, tool, [one for source, one in zip(sources, bare) if one is not source])
    return Known(everything, hidden - heard)


def _without_excuses(tool: str, source: Source) -> Source:
    pattern, instead = _EXCUSES[tool]
    content = pattern.sub(instead, source.content)
    return structs.replace(source, content=content) if content != source.content else source


def _likes(place: Bench, tool: str, sources: Sequence[Source]) -> Likes:
    """Fingerprints without the excuse, so that a line has the same one with it and without."""
    lines = {source.path: [_COMMENT.sub("", line) for line in source.lines] for source in sources}
    return Counter(
        fingerprint(finding, lines[finding.path or ""])
        for finding in _found(place, tool, sources)
        if is_violation(finding)
    )


def _found(place: Bench, tool: str, sources: Sequence[Source]) -> Iterator[Finding]:
    """A folder holds a path once, so what was before and what is after are asked apart."""
    left = list(sources)
    while left:
        part = list({source.path: source for source in reversed(left)}.values())[:AT_ONCE]
        yield from judged(place, tool, part)
        asked = {id(source) for source in part}
        left = [source for source in left if id(source) not in asked]
