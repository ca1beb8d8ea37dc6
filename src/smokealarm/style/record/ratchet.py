"""The check `record`: a change may tighten what the repository keeps, and loosen it only for a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from smokealarm.finding import Finding
from smokealarm.style.record import telling
from smokealarm.style.record.formatted import essential
from smokealarm.style.record.lines import Waive
from smokealarm.style.record.loosened import LONGEST, loosened, new_waives, spared_by
from smokealarm.style.record.sides import Sides


def check(sides: Sides, today: date) -> Iterator[Finding]:
    """What loosens the record, and what is to be known of its waives; see the check `record`."""
    base, head = sides.base.record, essential(sides.head.record)
    if base.lines and not sides.head.is_there:
        yield telling.deleted(essential(base))
        return
    for loss in loosened(base, head, today, sides.head.exists):
        yield telling.overlong(head, loss.waive, today) if loss.waive else telling.lost(head, loss)
    added = {waive for waive in new_waives(base, head) if waive.until <= today + LONGEST}
    for waive in head.waives:
        yield from _told(waive, sides, today, is_new=waive in added)
    for line in head.lines:
        if not sides.head.exists(line.region.path):
            yield telling.astray(line, sides)


def _told(waive: Waive, sides: Sides, today: date, *, is_new: bool) -> Iterator[Finding]:
    """The first thing that is worth saying of a waive; mostly there is none."""
    head = sides.head.record
    if not sides.head.exists(waive.region.path):
        yield telling.astray(waive, sides)
    elif not spared_by(waive, head):
        yield telling.idle(head, waive)
    elif waive.until < today:
        yield telling.ended(head, waive)
    elif is_new:
        yield telling.waived(head, waive)
