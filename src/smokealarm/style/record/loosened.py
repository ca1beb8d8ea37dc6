"""Where a change keeps less than before, or for a while nothing."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from smokealarm.style.record.formatted import essential
from smokealarm.style.record.lines import Line, Waive
from smokealarm.style.record.record import Record
from smokealarm.style.record.regions import Region

LONGEST = timedelta(days=180)  # a half-year: an end that nobody will live to see is no end

Exists = Callable[[str], bool]


class Loosening(NamedTuple):
    """A region of which less is kept than before, and the line of the record that tells it best."""

    region: Region
    was: str
    now: str
    number: int
    waive: Waive | None = None  # where a waive that runs too long takes it, not a lost line


def loosened(base: Record, head: Record, today: date, exists: Exists) -> list[Loosening]:
    """What only a reason and an end date would excuse.

    A line may become a wider or a higher one, and go with the path that it names (`exists` asks of
    the head). It may not go because of a waive: nothing would bring it back when the waive ends.
    """
    rest = _Rest(head)
    lost = [
        rest.without(line)
        for line in essential(base).lines
        if head.kept(line.region) < line.state and exists(line.region.path)
    ]
    overlong = [
        Loosening(waive.region, spared.word, "off", waive.number, waive)
        for waive in new_waives(base, head)
        if waive.until > today + LONGEST and (spared := spared_by(waive, head))
    ]
    return [*lost, *overlong]


def new_waives(base: Record, head: Record) -> list[Waive]:
    """The waives that the change adds or makes last longer."""
    waives = essential(head).waives
    return [waive for waive in waives if base.waived_until(waive.region) < waive.until]


def spared_by(waive: Waive, record: Record) -> Line | None:
    """The highest line that the waive takes something back of."""
    met = (line for line in record.lines if waive.region.meets(line.region))
    return max(met, key=lambda line: line.state, default=None)


class _Rest:
    """What a head has left, to be asked about each line that it lost."""

    def __init__(self, head: Record) -> None:
        self.lines = {line.region: line for line in essential(head).lines}
        self.order = sorted((str(one), one.number) for one in head.entries)

    def without(self, line: Line) -> Loosening:
        """Told where the head has a lower line, or else above where the line would stand."""
        lower = [self.lines[region] for region in line.region.wider() if region in self.lines]
        left = max(lower, key=lambda other: other.state, default=None)
        if left:
            return Loosening(line.region, line.word, left.word, left.number)
        above = bisect(self.order, (str(line),))
        number = self.order[max(above - 1, 0)][1] if self.order else 1
        return Loosening(line.region, line.word, "off", number)
