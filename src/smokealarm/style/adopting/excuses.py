"""What a tool would say of files without the excuses in them: `# noqa`, `# shellcheck disable=`.

The file is judged once as it is and once with its excuses made illegible. So an excuse counts for as
much as it hides, and one that hides nothing is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import structs

from smokealarm.finding import Finding
from smokealarm.style.adopting.survey import AT_ONCE, Bench, judged
from smokealarm.style.pair import Fingerprint, code, fingerprint, is_violation
from smokealarm.style.source import Source

_EXCUSES: Mapping[str, tuple[re.Pattern[bytes], bytes]] = {
    # What replaces them is as long, so that no line gets shorter and no column moves.
    "flake8": (re.compile(rb"(#[^\n]*?)\bnoqa\b", re.IGNORECASE), rb"\1nqoa"),
    "shellcheck": (re.compile(rb"(#\s*)shellcheck(\s[^\n]*\bdisable=)"), rb"\1shellchcek\2"),
}
TOOLS = tuple(_EXCUSES)

_UNREADABLE = ("E902", "E999")
_COMMENT = re.compile(r"#.*")

Likes = Counter[Fingerprint]


class Known(NamedTuple):
    """What a tool sees in some files: all of it, and in each file the part that is excused."""

    all: Likes
    excused: Mapping[str, Likes]

    @property
    def all_excused(self) -> Likes:
        return sum(self.excused.values(), Counter())


def known(place: Bench, tool: str, sources: Sequence[Source]) -> Known:
    """Judge the files with their excuses and without them."""
    bare = {source.path: _without_excuses(tool, source) for source in sources}
    muted = [source for source in sources if bare[source.path] is not source]
    everything = _likes(place, tool, tuple(bare.values()))
    heard = _likes(place, tool, muted)
    excused = {source.path: everything[source.path] - heard[source.path] for source in muted}
    return Known(sum(everything.values(), Counter()), excused)


def unreadable(place: Bench, tool: str, sources: Sequence[Source]) -> set[str | None]:
    """The files that this Python cannot read: of them, no other rule is told."""
    found = _found(place, tool, sources)
    return {finding.path for finding in found if code(finding) in _UNREADABLE}


def _without_excuses(tool: str, source: Source) -> Source:
    pattern, instead = _EXCUSES[tool]
    content = pattern.sub(instead, source.content)
    return structs.replace(source, content=content) if content != source.content else source


def _likes(place: Bench, tool: str, sources: Sequence[Source]) -> dict[str, Likes]:
    """Fingerprints without the excuse, so that a line has the same one with it and without."""
    lines = {source.path: [_COMMENT.sub("", line) for line in source.lines] for source in sources}
    likes: dict[str, Likes] = {path: Counter() for path in lines}
    for finding in filter(is_violation, _found(place, tool, sources)):
        path = finding.path or ""
        likes[path][fingerprint(finding, lines[path])] += 1
    return likes


def _found(place: Bench, tool: str, sources: Iterable[Source]) -> Iterator[Finding]:
    """In parts, of which each is remembered once it is judged."""
    files = tuple(sources)
    for start in range(0, len(files), AT_ONCE):
        yield from judged(place, tool, files[start : start + AT_ONCE])
