"""The check `freshness`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from smokealarm.data.columns import Kind
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import misfit
from smokealarm.data.questions.comparisons import Moments, Newest
from smokealarm.errors import FatalError
from smokealarm.finding import Finding

NOW = "SMOKEALARM_NOW"
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week)s?\s*")


def check(
    *,
    column: str,
    max_age: str,
    tolerance: str = "1 hour",
    at: str = "",
    time_zone: str = "UTC",
    format: str = "",
    unit: Literal["", "s", "ms", "us", "ns"] = "",
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The newest moment of the column is not too old, and none lies in the future.

        data:
          - name: events
            table: data/events.parquet
            checks:
              - freshness: {column: created_at, max_age: 2 days}
              - freshness: {column: day, max_age: 1 week, at: "2026-01-31", time_zone: Europe/Rome}

    Options:
        column: dates or moments, texts that are dates, or numbers that count since 1970.
        max_age: how old the newest may be: a number of seconds, minutes, hours, days or weeks.
        tolerance: how far in the future a moment may lie, for clocks that differ.
        at: which moment is now, in quotes; by default that of the environment variable
            SMOKEALARM_NOW, or else the clock's.
        time_zone: the zone of what is written without one.
        format: of texts, in the words of strptime, as "%d.%m.%Y"; by default ISO 8601.
        unit: of numbers since 1970: s, ms, us or ns.
        row_condition, condition_parser: which rows.

    A date without a time is its whole day: the newest is as old as the end of that day. In texts, so is
    a moment at midnight. Missing values do
    not count; without any value nothing is fresh. What cannot be read as a moment is a failure.

    Source: the freshness of dbt, which gave it its name.
    """
    now, zone = _moment(at or os.environ.get(NOW, ""), time_zone), time_zone
    oldest, latest = now - _span("max_age", max_age), now + _span("tolerance", tolerance)
    question = Newest(
        column=column,
        until=latest.isoformat(),
        zone=zone,
        format=format,
        unit=unit,
        where=parsed(row_condition, condition_parser),
    )

    def judge(answers: Answers) -> Iterator[Finding]:
        holds, moments = answers.columns[column], answers.of(question)
        if moments.present and holds.kind not in (Kind.MOMENT, Kind.TEXT):
            if holds.kind is not Kind.NUMBER or not unit:
                yield misfit(holds, "it is no moment; of numbers since 1970, name the `unit:`")
                return
        if moments.unreadable:
            yield _unreadable(answers, column, moments)
        if moments.later:
            yield _in_the_future(answers, column, moments, now)
        if moments.newest is None and not moments.later and not moments.unreadable:
            yield Finding(
                message=f"{column} has no value, so nothing is fresh",
                remedy="Find out what emptied the table.",
                evidence={"column": column, "observed_value": None},
            )
        elif moments.newest and _known(moments.newest, holds.type, zone) < oldest:
            yield _stale(answers, column, moments, (now, zone), max_age)

    return Expectation(questions=(question,), judge=judge)


def _known(newest: str, type_: str, zone: str) -> datetime:
    """The moment; of a date, the end of its day."""
    moment = datetime.fromisoformat(newest)
    is_day = type_ in ("DATE", "VARCHAR") and not any(
        moment.astimezone(ZoneInfo(zone)).timetuple()[3:6]
    )
    return moment + timedelta(days=1) if is_day else moment


def _stale(
    answers: Answers, column: str, moments: Moments, when: tuple[datetime, str], max_age: str
) -> Finding:
    assert moments.newest, "there is one"
    now, zone = when
    age = now - _known(moments.newest, answers.columns[column].type, zone)
    return Finding(
        message=f"the newest {column} is {moments.newest}{_where(answers, moments.newest_row)}: "
        f"{_told(age)} old at {now.isoformat()}, more than {max_age}",
        remedy="Look whether the job that fills the table has run; if so, whether its source has moved.",
        evidence={
            "column": column,
            "observed_value": moments.newest,
            "age_seconds": age.total_seconds(),
            "row": moments.newest_row,
        },
    )


def _in_the_future(answers: Answers, column: str, moments: Moments, now: datetime) -> Finding:
    count = moments.later
    return Finding(
        message=f"{count:,} value{'s' * (count > 1)} of {column} lie{'s' * (count == 1)} in the "
        f"future, as {moments.latest}{_where(answers, moments.latest_row)}; now is {now.isoformat()}",
        remedy="Look for a wrong time zone, a wrong clock, or a stand-in such as 9999-12-31.",
        evidence={
            "column": column,
            "observed_value": moments.latest,
            "unexpected_count": count,
            "row": moments.latest_row,
        },
    )


def _unreadable(answers: Answers, column: str, moments: Moments) -> Finding:
    return Finding(
        message=f"{moments.unreadable:,} of {moments.present:,} values of {column} are no moments, "
        f"first{_where(answers, moments.unreadable_row)}",
        remedy='Mend them, or say how they are written: `format: "%d.%m.%Y"`.',
        evidence={
            "column": column,
            "unexpected_count": moments.unreadable,
            "row": moments.unreadable_row,
        },
    )


def _where(answers: Answers, row: int | None) -> str:
    if row is None:
        return ""
    line = answers.lines([row]).get(row)
    return f" (line {line} of {answers.table})" if line else f" (row {row})"


def _told(age: timedelta) -> str:
    unit = next(
        name for name in reversed(UNITS) if age.total_seconds() >= UNITS[name] or name == "second"
    )
    count = age.total_seconds() / UNITS[unit]
    return f"{count:.3g} {unit}{'s' * (f'{count:.3g}' != '1')}"


def _span(option: str, text: str) -> timedelta:
    found = _SPAN.fullmatch(str(text))
    if not found:
        raise FatalError(
            f"`{option}: {text}` is no span of time",
            f"Write it as `{option}: 2 days` or 90 minutes.",
        )
    return timedelta(seconds=float(found[1]) * UNITS[found[2]])


def _moment(text: str, time_zone: str) -> datetime:
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FatalError(
            f"`time_zone: {time_zone}` is not known", "Write a name such as Europe/Rome."
        ) from None
    if not text:
        return datetime.now(timezone.utc).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise FatalError(
            f"{text!r} is no moment (`at:`, or {NOW} in the environment)",
            'Write it as "2026-01-31" or "2026-01-31T18:00:00+00:00".',
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
