"""One file before and after the change, with what a tool finds in each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import NamedTuple

from smokealarm.finding import Finding
from smokealarm.style.source import Source

Fingerprint = tuple[object, str, str]
Hunk = tuple[range, range]  # numbers of the lines before and after, counted from 1


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

    def compare(self, before: Iterable[Finding]) -> Iterator[Seen]:
        """The old and the edited ones; what is left is `fresh` and `lost`."""
        self.lost = list(before)
        likes = [fingerprint(finding, self.old_lines) for finding in self.lost]
        for finding in list(self.fresh):
            like = fingerprint(finding, self.lines)
            if like in likes and is_violation(finding):
                at = likes.index(like)
                del likes[at], self.lost[at]
                self.fresh.remove(finding)
                yield self.seen(finding, Standing.OLD)
        for finding in list(self.fresh):
            if self._lost_in_its_hunk(finding):
                self.fresh.remove(finding)
                yield self.seen(finding, Standing.EDITED)

    def _lost_in_its_hunk(self, finding: Finding) -> bool:
        """Whether the edit of this very place took one of the same rule away."""
        for old, new in self.hunks:
            if at_line(finding) in new and is_violation(finding):
                for gone in self.lost:
                    if at_line(gone) in old and code(gone) == code(finding):
                        self.lost.remove(gone)
                        return True
        return False

    def text(self, finding: Finding) -> str:
        """The line that it is about, without the spaces that an indentation adds."""
        return squeezed(self.lines, at_line(finding))


def fingerprint(finding: Finding, lines: Sequence[str]) -> Fingerprint:
    """What stays the same of a violation when lines move: not its place, nor numbers told of it."""
    if is_layout(finding):
        return code(finding), "", ""
    return code(finding), re.sub(r"\d+", "", finding.message), squeezed(lines, at_line(finding))


def squeezed(lines: Sequence[str], number: int) -> str:
    """The line of this number with every run of spaces as one."""
    return " ".join(lines[number - 1].split()) if number <= len(lines) else ""


def code(finding: Finding) -> object:
    """The tool's own name of the rule; None for a word on what was not judged."""
    return finding.evidence.get("code")


def is_violation(finding: Finding) -> bool:
    """Whether a rule is broken. A word on what was not judged is never old."""
    return code(finding) is not None


def is_layout(finding: Finding) -> bool:
    """Whether it is about the file as a whole, in several places: a formatter's."""
    return "lines" in finding.evidence


def at_line(finding: Finding) -> int:
    """Its first line."""
    return finding.line or 1


def spans(finding: Finding) -> list[range]:
    """The lines that it is about."""
    if not is_layout(finding):
        return [range(at_line(finding), at_line(finding) + 1)]
    ends = (span.split("-") for span in str(finding.evidence["lines"]).split(","))
    return [range(int(first), int(last) + 1) for first, last in ends]


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
