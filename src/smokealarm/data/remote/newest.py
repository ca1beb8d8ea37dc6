"""The newest moment of a remote column. Texts are read by Python, each distinct one once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.parser import isoparse

from smokealarm.data.columns import Kind
from smokealarm.data.questions.comparisons import Moments, Newest
from smokealarm.data.remote.relation import Relation, both
from smokealarm.data.remote.requests import Asking, Scalar, Values
from smokealarm.data.values.moments import EPOCH, PER_SECOND, instant, nanoseconds

MICROSECOND = timedelta(microseconds=1)
MOST = 9.2e18  # microseconds in 64 bits; what is more is an infinity


def newest(relation: Relation, question: Newest) -> Asking[Moments]:
    """Which moment is the last that is not in the future, and what lies after it. Rows have no number."""
    column = relation.columns[question.column]
    if column.kind is Kind.TEXT:
        return (yield from _of_texts(relation, question))
    if column.kind is Kind.MOMENT:
        zoned = "TIME ZONE" in column.type
        zone = "UTC" if zoned else question.zone
        return (yield from _of_numbers(relation, question, _micros(relation, question), zone))
    if column.kind is Kind.NUMBER and question.unit:
        return (yield from _of_numbers(relation, question, _micros(relation, question), "UTC"))
    there = relation.value(question.column).notnull()
    [present] = yield [Scalar(relation.count(relation.rows(question.where), there))]
    return _moments(int(present), int(present), 0, None, None)


def _micros(relation: Relation, question: Newest) -> Any:
    """The value as microseconds since 1970, of a clock on the wall where it has no zone."""
    if not question.unit or relation.columns[question.column].kind is Kind.MOMENT:
        return relation.microseconds(question.column)
    number: Any = relation.value(question.column).cast("float64")
    return number / PER_SECOND[question.unit] * 1_000_000


def _of_numbers(relation: Relation, question: Newest, micros: Any, zone: str) -> Asking[Moments]:
    """Clocks on the wall are compared with the wall's: they go on together, but for an hour a year."""
    until = _on_the_wall(datetime.fromisoformat(question.until), zone)
    rows, known = relation.rows(question.where), micros.abs() < MOST
    present, readable, later, last, latest = yield [
        Scalar(relation.count(rows, relation.value(question.column).notnull())),
        Scalar(relation.count(rows, known)),
        Scalar(relation.count(rows, known, micros > until)),
        Scalar(micros.max(where=both(rows, known, micros <= until))),
        Scalar(micros.max(where=both(rows, known))),
    ]
    unreadable = int(present) - int(readable)
    return _moments(int(present), unreadable, int(later), _utc(last, zone), _utc(latest, zone))


def _on_the_wall(moment: datetime, zone: str) -> int:
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=timezone.utc)
    return (local - EPOCH) // MICROSECOND


def _utc(micros: Any, zone: str) -> int | None:
    """What the clock on the wall shows, in UTC."""
    if micros is None:
        return None
    try:
        wall = EPOCH + timedelta(microseconds=int(micros))
        return (wall.replace(tzinfo=ZoneInfo(zone)) - EPOCH) // MICROSECOND
    except OverflowError:  # beyond the years that Python knows
        return int(micros)


def _of_texts(relation: Relation, question: Newest) -> Asking[Moments]:
    rows = both(relation.rows(question.where), relation.value(question.column).notnull())
    [found] = yield [Values((question.column,), rows)]
    read = [(_read(str(text), question), int(n)) for text, n in found]
    known = [(micros, n) for micros, n in read if micros is not None]
    until = _on_the_wall(datetime.fromisoformat(question.until), "UTC")
    present = sum(n for _, n in read)
    return _moments(
        present,
        present - sum(n for _, n in known),
        sum(n for micros, n in known if micros > until),
        _greatest(micros for micros, _ in known if micros <= until),
        _greatest(micros for micros, _ in known),
    )


def _greatest(micros: Iterable[int]) -> int | None:
    return max(micros, default=None)


def _read(text: str, question: Newest) -> int | None:
    """The moment that a text means, in UTC; None where it means none."""
    try:
        if question.format:
            moment = datetime.strptime(text, question.format)
        elif nanoseconds(text.strip()) is None:
            return None
        else:
            moment = isoparse(text.strip())
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(question.zone))
    return (zoned - EPOCH) // MICROSECOND


def _moments(
    present: int, unreadable: int, later: int, newest: int | None, latest: int | None
) -> Moments:
    return Moments(
        present=present,
        unreadable=unreadable,
        unreadable_row=None,
        newest=instant(newest),
        newest_row=None,
        later=later,
        latest=instant(latest),
        latest_row=None,
    )
