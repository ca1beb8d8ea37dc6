"""One file before and after the change, with what a tool finds in each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import NamedTuple

from smokealarm.finding import Finding
from smokealarm.style.layout import is_layout, on_lines, spans
from smokealarm.style.source import Source

Fingerprint = tuple[object, str, str]
Hunk = tuple[range, range]  # numbers of the lines before and after, counted from 1
NEARLY = 0.8  # of a line's characters, by difflib's ratio; below it another line is another line
TELLING = 40  # characters; shorter lines are like each other by chance


class Standing(Enum):
    """What a finding is against the base."""

    OLD = "it was there before, in this file or in the one that the change takes it from"
    EDITED = "its line was edited, and broke the same rule before"
    ADDED = "nothing like it was there before"


class Seen(NamedTuple):
    """A finding, where it stands, and whether it is on a line that the change touches."""

    finding: Finding
    standing: Standing
    touched: bool


class Pair:
    """A file before and after. `fresh` are the findings without a like before, `lost` those gone."""

    def __init__(self, before: Source | None, after: Source, found: Iterable[Finding]) -> None:
        self.path = after.path
        self.before = before
        self.old_lines = before.lines if before and before.content else []
        self.lines = after.lines
        self.hunks = list(hunks(self.old_lines, self.lines))
        self.touched = {line for _, new in self.hunks for line in new}
        # Of equal ones, that on a touched line is the new one: the others find their like first.
        self.fresh = sorted(found, key=self.touches)
        self.lost: list[Finding] = []

    def touches(self, finding: Finding) -> bool:
        """Whether it is on a line that the change adds or edits."""
        return any(not self.touched.isdisjoint(span) for span in spans(finding))

    def seen(self, finding: Finding, standing: Standing) -> Seen:
        """The finding with its standing."""
        return Seen(finding, standing, self.touches(finding))

    def on_touched(self, finding: Finding) -> Finding:
        """The finding, of several places those that the change touches."""
        return on_lines(finding, self.touched) if is_layout(finding) else finding

    def compare(self, before: Iterable[Finding]) -> Iterator[Seen]:
        """The old and the edited ones; what is left is `fresh` and `lost`."""
        left: defaultdict[Fingerprint, list[Finding]] = defaultdict(list)
        for finding in before:
            left[fingerprint(finding, self.old_lines)].append(finding)
        found, self.fresh = self.fresh, []
        for finding in found:
            like = left[fingerprint(finding, self.lines)]
            if like and is_violation(finding):
                like.pop()
                yield self.seen(self.on_touched(finding), Standing.OLD)
            else:
                self.fresh.append(finding)
        self.lost = [finding for rest in left.values() for finding in rest]
        for finding in [one for one in self.fresh if is_violation(one)]:
            if self._lost_in_its_hunk(finding) or self._lost_nearly_so(finding):
                self.fresh.remove(finding)
                yield self.seen(finding, Standing.EDITED)

    def _lost_in_its_hunk(self, finding: Finding) -> bool:
        """Whether the edit of this very place took one of the same rule away."""
        places = [old for old, new in self.hunks if at_line(finding) in new]
        return self._taken(
            gone for gone in self._lost_of(finding) if any(at_line(gone) in old for old in places)
        )

    def _lost_nearly_so(self, finding: Finding) -> bool:
        """Whether a line that differs by a word or two said the same elsewhere in the file."""
        line = squeezed(self.lines, at_line(finding))
        matcher = SequenceMatcher(None, b=line, autojunk=False)
        return len(line) >= TELLING and self._taken(
            gone
            for gone in self._lost_of(finding)
            if wording(gone) == wording(finding) and self._is_near(matcher, gone)
        )

    def _is_near(self, matcher: SequenceMatcher[str], gone: Finding) -> bool:
        matcher.set_seq1(squeezed(self.old_lines, at_line(gone)))
        return matcher.quick_ratio() >= NEARLY and matcher.ratio() >= NEARLY

    def _lost_of(self, finding: Finding) -> list[Finding]:
        return [gone for gone in self.lost if code(gone) == code(finding)]

    def _taken(self, likes: Iterator[Finding]) -> bool:
        like = next(likes, None)
        if like is not None:
            self.lost.remove(like)
        return like is not None


def fingerprint(finding: Finding, lines: Sequence[str]) -> Fingerprint:
    """What stays the same of a violation when lines move: not its place, nor numbers told of it."""
    if is_layout(finding):
        return code(finding), "", ""
    return code(finding), wording(finding), squeezed(lines, at_line(finding))


def wording(finding: Finding) -> str:
    """The message without the numbers in it."""
    return re.sub(r"\d+", "", finding.message)


def squeezed(lines: Sequence[str], number: int) -> str:
    """The line of this number with every run of spaces as one."""
    return " ".join(lines[number - 1].split()) if number <= len(lines) else ""


def code(finding: Finding) -> object:
    """The tool's own name of the rule; None for a word on what was not judged."""
    return finding.evidence.get("code")


def is_violation(finding: Finding) -> bool:
    """Whether a rule is broken. A word on what was not judged is never old."""
    return code(finding) is not None


def at_line(finding: Finding) -> int:
    """Its first line."""
    return finding.line or 1


def hunks(before: Sequence[str], after: Sequence[str]) -> Iterator[Hunk]:
    """Where the two differ. What is equal at both ends is set aside first: most of a file is."""
    head = _equal(before, after)
    tail = _equal(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, first, last, new_first, new_last in matcher.get_opcodes():
        if what != "equal":
            start = head + 1
            yield range(first + start, last + start), range(new_first + start, new_last + start)


def _equal(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines are equal at the beginning."""
    pairs = enumerate(zip(before, after))
    return next((at for at, (a, b) in pairs if a != b), min(len(before), len(after)))
