"""The record as a whole: what is kept of a rule at a path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property

from msgspec import Struct, structs

from smokealarm.style.record.lines import Entry, Line, Waive
from smokealarm.style.record.regions import Region, paths_above
from smokealarm.style.record.states import State

NAME = ".smokealarm-style"
HEADER = (
    "# what this repository keeps, rule by rule and folder by folder; made by"
    " `smokealarm suggest style --write`",
)
ATTRIBUTE = f"{NAME} merge=union"  # the line of .gitattributes that spares people conflicts


class Record(Struct, frozen=True, dict=True):
    """Lines in the order of the file, with the comments around them."""

    path: str = NAME
    lines: tuple[Line, ...] = ()
    waives: tuple[Waive, ...] = ()
    header: tuple[str, ...] = ()  # the comments above the first line
    footer: tuple[str, ...] = ()  # those below the last

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (*self.lines, *self.waives)

    def state(self, tool: str, code: str, path: str, today: date) -> State:
        """What counts of the rule in the file on that day: the highest of all lines about it."""
        region = Region(tool, code, path)
        return State.OFF if self.is_waived(region, today) else self.kept(region)

    def kept(self, region: Region) -> State:
        """What is kept of the whole region, were there no waives."""
        states = self.states
        return max((states.get(wider, State.OFF) for wider in region.wider()), default=State.OFF)

    def is_waived(self, region: Region, today: date) -> bool:
        """Whether a waive that has not ended speaks for the whole region."""
        return today <= self.waived_until(region)

    def waived_until(self, region: Region) -> date:
        """The end of the last waive that speaks for the whole region; long ago where none does."""
        ends = self.ends
        return max((ends[wider] for wider in region.wider() if wider in ends), default=date.min)

    def in_force(self, today: date) -> tuple[Waive, ...]:
        """The waives that count on that day: with the file, all that a verdict owes to the date."""
        return tuple(waive for waive in self.waives if today <= waive.until)

    def tools(self) -> frozenset[str]:
        """The tools of which anything is kept anywhere."""
        return frozenset(line.region.tool for line in self.lines)

    def concerns(self, tool: str, path: str) -> bool:
        """Whether anything of the tool is kept in the file, so that the tool must look at it."""
        return any((tool, above) in self._places for above in paths_above(path))

    @cached_property
    def states(self) -> Mapping[Region, State]:
        """The highest state that is written for each region."""
        found: dict[Region, State] = {}
        for line in self.lines:
            found[line.region] = max(line.state, found.get(line.region, State.OFF))
        return found

    @cached_property
    def ends(self) -> Mapping[Region, date]:
        """The last day that a waive names for each region."""
        found: dict[Region, date] = {}
        for waive in self.waives:
            found[waive.region] = max(waive.until, found.get(waive.region, date.min))
        return found

    @cached_property
    def _places(self) -> frozenset[tuple[str, str]]:
        return frozenset((line.region.tool, line.region.path) for line in self.lines)


def extended(record: Record, entries: Iterable[Entry]) -> Record:
    """The record with more lines at its end. Nothing that it keeps becomes less."""
    more = tuple(entries)
    return structs.replace(
        record,
        lines=(*record.lines, *(one for one in more if isinstance(one, Line))),
        waives=(*record.waives, *(one for one in more if isinstance(one, Waive))),
    )
