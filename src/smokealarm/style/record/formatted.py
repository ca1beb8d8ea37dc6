"""The record in its one written form: lines in byte order, without those that say nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from msgspec import structs

from smokealarm.style.record.lines import Entry, Line, Waive
from smokealarm.style.record.record import Record
from smokealarm.style.record.states import State

AnyEntry = TypeVar("AnyEntry", Line, Waive)


def formatted(record: Record) -> bytes:
    """The file of the record: what `LC_ALL=C sort` makes of its lines, under the header.

    A comment moves, and goes, with the line below it.
    """
    needed = essential(record)
    body = _body(needed.entries)
    texts = [*_once(record.header), *body, *_once(record.footer)]
    return "".join(f"{text}\n" for text in texts).encode()


def essential(record: Record) -> Record:
    """The record without each line of which a line about more, or its own copy, says as much.

    So a policy is written in one way, and changed by changing one line.
    """
    lines = (line for line in record.lines if _says_something(record, line))
    waives = (waive for waive in record.waives if _outlasts(record, waive))
    return structs.replace(record, lines=tuple(_singly(lines)), waives=tuple(_singly(waives)))


def _singly(entries: Iterable[AnyEntry]) -> Iterator[AnyEntry]:
    """Each once, below all comments that its copies had."""
    copies: dict[str, list[AnyEntry]] = {}
    for one in entries:
        copies.setdefault(str(one), []).append(one)
    for first, *others in copies.values():
        comments = (comment for one in (first, *others) for comment in one.comments)
        yield first._replace(comments=tuple(_once(comments)))


def _says_something(record: Record, line: Line) -> bool:
    """Whether it is the highest of its region, and no wider region keeps as much."""
    region, *wider = line.region.wider()
    return line.state is record.states[region] and all(
        record.states.get(other, State.OFF) < line.state for other in wider
    )


def _outlasts(record: Record, waive: Waive) -> bool:
    """Whether it is the last of its region, and no wider region is waived for as long."""
    region, *wider = waive.region.wider()
    return waive.until == record.ends[region] and all(
        record.ends.get(other, date.min) < waive.until for other in wider
    )


def _body(entries: Iterable[Entry]) -> Iterator[str]:
    for one in sorted(entries, key=str):
        yield from one.comments
        yield str(one)


def _once(texts: Iterable[str]) -> Iterator[str]:
    """A union merge of two edited headers has the lines of both, and some of them twice."""
    return iter(dict.fromkeys(texts))
