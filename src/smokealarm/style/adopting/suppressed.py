"""Which rules people suppress rather than keep: style's false alarms, measured from history.

Between two commits, a violation can be decided in two ways: somebody excuses it (`# noqa`,
`# shellcheck disable=`), or somebody takes it away while the file stays. The measure of a rule is

    suppressed / (suppressed + mended)

where `suppressed` are the excuses that are there after and not before, and `mended` the violations
that stood unexcused before and are gone after. Both are counted over all changed files at once, so
that code which moves counts for neither.

It does not see what was mended before it was committed, so a rule that has long been kept by a gate
looks worse than it is. And a violation that goes because its code is rewritten counts as mended.
That is why a rule needs all of this: more than half, at least five excuses, and in three files,
because one odd file is what excuses are for. Excuses in configuration
files (`ignore`, `per-file-ignores`) are not counted: the rule is off there, and not proposed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct

from smokealarm.errors import FatalError, Inconclusive
from smokealarm.style.adopting import excuses
from smokealarm.style.adopting.excuses import Known, Likes
from smokealarm.style.adopting.survey import Bench
from smokealarm.style.source import Source
from smokealarm.style.tools import TOOLS
from smokealarm.workspace import ChangedFile, Changes

ENOUGH = 5  # excuses, below which a share says nothing
ENOUGH_FILES = 3
TOO_MANY = 0.5

Rule = tuple[str, str]  # a tool and its rule


class Decided(NamedTuple):
    """How people decided on a rule, and in how many files they excused it."""

    tool: str
    rule: str
    suppressed: int
    mended: int
    files: int

    @property
    def share(self) -> float:
        return self.suppressed / (self.suppressed + self.mended)

    @property
    def is_enough(self) -> bool:
        """Whether the share says something."""
        return self.suppressed >= ENOUGH and self.files >= ENOUGH_FILES

    @property
    def is_unwanted(self) -> bool:
        """Whether it is style's false alarm."""
        return self.is_enough and self.share > TOO_MANY


class History(NamedTuple):
    """The decisions, most suppressed first, and how far back they reach."""

    decided: tuple[Decided, ...]
    looked_at: int  # pairs of commits
    of: int
    stopped: str = ""  # why it did not come further, where that is not the time

    @property
    def unwanted(self) -> frozenset[str]:
        return frozenset(one.rule for one in self.decided if one.is_unwanted)


class _Counts(Struct):
    """What was decided so far."""

    suppressed: Counter[Rule]
    mended: Counter[Rule]
    files: set[tuple[Rule, str]]

    def decided(self) -> list[Decided]:
        in_files = Counter(rule for rule, _ in self.files)
        return [
            Decided(*rule, self.suppressed[rule], self.mended[rule], in_files[rule])
            for rule in self.suppressed | self.mended
        ]


def history(place: Bench, pairs: Sequence[Iterable[Changes]], seconds: float) -> History:
    """Over pairs of commits, newest first; each is made when it is its turn, while there is time."""
    end = time.monotonic() + seconds
    counts = _Counts(Counter(), Counter(), set())
    looked_at, stopped = 0, ""
    for pair in pairs:
        if time.monotonic() > end:
            break
        place.workspace.tell(f"what people suppress: part {looked_at + 1} of {len(pairs)}")
        try:
            for changes in pair:
                for tool in excuses.TOOLS:
                    _count(place, tool, changes, counts)
        except (FatalError, Inconclusive) as error:
            stopped = error.message
            break  # an object that this clone lacks, a tool that is not installed
        looked_at += 1
    ordered = sorted(counts.decided(), key=lambda one: (-one.is_unwanted, -one.suppressed, one))
    return History(tuple(ordered), looked_at, len(pairs), stopped)


def _count(place: Bench, tool: str, changes: Changes, counts: _Counts) -> None:
    files = [
        file
        for file in (*changes.files, *changes.beside)
        if file.language in TOOLS[tool].languages and file.blob != file.base_blob
    ]
    broken = excuses.unreadable(place, tool, _at_base(place, files))
    broken |= excuses.unreadable(place, tool, _at_head(place, files))
    gone = [file for file in files if file.deleted and file.path not in broken]
    kept = [file for file in files if not file.deleted and file.path not in broken]
    before = excuses.known(place, tool, _at_base(place, kept))
    lost = excuses.known(place, tool, _at_base(place, gone))
    after = excuses.known(place, tool, _at_head(place, kept))
    new = after.all_excused - (before.all_excused + lost.all_excused)
    counts.suppressed += _by_rule(tool, new)
    counts.mended += _by_rule(tool, (before.all - before.all_excused) - after.all)
    counts.files |= set(_files(tool, new, after))


def _at_base(place: Bench, files: Iterable[ChangedFile]) -> tuple[Source, ...]:
    return place.box.at_base([file for file in files if file.base_blob]).files


def _at_head(place: Bench, files: Iterable[ChangedFile]) -> tuple[Source, ...]:
    return place.box.at_head([file for file in files if not file.deleted]).files


def _by_rule(tool: str, likes: Likes) -> Counter[Rule]:
    counts: Counter[Rule] = Counter()
    for (rule, _, _), count in likes.items():
        counts[tool, str(rule)] += count
    return counts


def _files(tool: str, new: Likes, after: Known) -> Iterable[tuple[Rule, str]]:
    """Each file with a new excuse, and the rule that it excuses."""
    for path, excused in after.excused.items():
        for rule in _by_rule(tool, excused & new):
            yield rule, path
