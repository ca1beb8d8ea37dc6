"""Dates and times as text and as nanoseconds: Python's own know neither nanoseconds nor the year 10000."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta, timezone

SECOND = 10**9
DAY = 86_400 * SECOND
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": SECOND}
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
LAST = 253_402_300_799_000_000  # microseconds until the end of the year 9999, Python's last

_MOMENT = re.compile(
    r"(?P<year>\d{4,6})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"([ T](?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d{1,9}))?)?"
    r" ?(?P<zone>Z|[+-]\d\d(:?\d\d)?)?)?(?P<before> \(BC\))?"
)


def nanoseconds(text: str) -> int | float | None:
    """Since 1970, in UTC; None where the text is no moment, an infinity where it is one."""
    if text in ("infinity", "-infinity"):
        return math.inf if text == "infinity" else -math.inf
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        return None
    year = 1 - int(parts["year"]) if parts["before"] else int(parts["year"])
    seconds = 3600 * int(parts["hour"] or 0) + 60 * int(parts["minute"] or 0)
    seconds += int(parts["second"] or 0) - _offset(parts["zone"] or "Z")
    days = _days(year, int(parts["month"]), int(parts["day"]))
    return days * DAY + seconds * SECOND + int((parts["fraction"] or "").ljust(9, "0"))


def iso(moment: int) -> str:
    """The nanoseconds since 1970 as text, in UTC, to the microsecond."""
    days, rest = divmod(moment, DAY)
    year, month, day = _civil(days)
    seconds, fraction = divmod(rest, SECOND)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    micro = f".{fraction // 1000:06}" if fraction // 1000 else ""
    return f"{year:04}-{month:02}-{day:02} {clock}{micro}"


def instant(microseconds: int | None) -> str | None:
    """The microseconds since 1970 as ISO 8601, with its zone; what is beyond the year 9999 ends there."""
    if microseconds is None:
        return None
    return (EPOCH + timedelta(microseconds=min(microseconds, LAST))).isoformat()


def _offset(zone: str) -> int:
    """The seconds that a zone is ahead of UTC."""
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (-1 if zone[0] == "-" else 1) * (3600 * int(digits[:2]) + 60 * int(digits[2:]))


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970 of a date of the Gregorian calendar, for any year.

    Source: Howard Hinnant, https://howardhinnant.github.io/date_algorithms.html, `days_from_civil`.
    """
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _civil(days: int) -> tuple[int, int, int]:
    """The way back: `civil_from_days` of the same source."""
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1
