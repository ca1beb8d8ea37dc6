"""What the check `record` says, for a reader who has never seen the record before."""

from __future__ import annotations

from datetime import date

from smokealarm.finding import Finding, Level
from smokealarm.style.record.lines import Entry, Waive
from smokealarm.style.record.loosened import LONGEST, Loosening
from smokealarm.style.record.names import written
from smokealarm.style.record.record import Record
from smokealarm.style.record.regions import Region
from smokealarm.style.record.sides import Sides


def deleted(base: Record) -> Finding:
    """It has no place any more, and is pinned to the line that asked for the check."""
    return Finding(
        message=f"this change deletes {base.path}, the record of what the repository keeps",
        evidence={"lines": len(base.lines)},
        remedy=f"Bring back {base.path}. What cannot be kept yet is waived in it, line by line.",
    )


def lost(head: Record, loss: Loosening) -> Finding:
    return Finding(
        message=f"this change lowers `{loss.region}` from {loss.was} to {loss.now}",
        path=head.path,
        line=loss.number,
        evidence={"was": loss.was, "now": loss.now},
        remedy=f"Put the line back: {loss.region} {loss.was}\n"
        "If it cannot be kept yet, add beside it: "
        f"waive {loss.region} until YYYY-MM-DD: REASON",
    )


def overlong(head: Record, waive: Waive, today: date) -> Finding:
    return _about(
        head,
        waive,
        Level.FAILURE,
        f"`{waive.region}` is waived for {(waive.until - today).days} days, "
        f"and {LONGEST.days} is the most",
        f"Choose an end up to {(today + LONGEST).isoformat()}. It can be renewed then.",
    )


def waived(head: Record, waive: Waive) -> Finding:
    return _about(
        head,
        waive,
        Level.NOTICE,
        f"this change waives `{waive.region}` until {waive.until.isoformat()}: {waive.reason}",
        "If the reason convinces you, there is nothing to do until then.",
    )


def ended(head: Record, waive: Waive) -> Finding:
    return _about(
        head,
        waive,
        Level.WARNING,
        f"the waive of `{waive.region}` ended on {waive.until.isoformat()} and counts no more",
        "If the files keep the rule by now, delete this line. If not, mend them, or give the "
        "line a later end.",
    )


def idle(head: Record, waive: Waive) -> Finding:
    return _about(
        head,
        waive,
        Level.NOTICE,
        f"this waives nothing: no line keeps anything of `{waive.region}`",
        "Delete this line, or else it will undo a line that somebody adds one day.",
    )


def astray(entry: Entry, sides: Sides) -> Finding:
    """A warning where this change is to blame, because a folder's new name loses what it kept."""
    path, head = entry.region.path, sides.head.record
    is_gone = sides.base.exists(path)
    is_ours = is_gone or entry.region not in _regions(sides.base.record)
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    if sides.head.exists(other):
        what, remedy = "is not there", f"Did you mean {written(other)}? A folder ends with `/`."
    elif is_gone:
        what = "is gone with this change"
        remedy = "If it has a new name, write that one here. If not, delete this line."
    else:
        what, remedy = "is not there", "Correct the path, or delete this line."
    level = Level.WARNING if is_ours else Level.NOTICE
    return _about(head, entry, level, f"{written(path)} {what}, so this line keeps nothing", remedy)


def _regions(record: Record) -> set[Region]:
    return {entry.region for entry in record.entries}


def _about(head: Record, entry: Entry, level: Level, message: str, remedy: str) -> Finding:
    return Finding(message=message, path=head.path, line=entry.number, level=level, remedy=remedy)
