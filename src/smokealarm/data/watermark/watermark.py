"""Up to where a table was read: what the case says of it, and what is new since then."""

from __future__ import annotations

import re
from typing import Literal, Union

from msgspec import Struct

from smokealarm.data.conditions.where import Absent, Compared, Condition, Every, Some
from smokealarm.data.values.moments import SECOND, iso, nanoseconds
from smokealarm.errors import FatalError, Place

Mark = Union[str, int, float]

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_SPAN = re.compile(rf"(\d+(?:\.\d+)?) ({'|'.join(UNITS)})s?")


class Watermark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows are new: those above the highest value of a column that was judged before.

    - `column`: a date, a number that grows, or a text that sorts, such as the day of a partition
    - `state`: the file that remembers, from the repository's root
    - `overlap`: read so much again, for rows that come late: `2 days`, or a number
    - `advance`: after which verdict the mark moves: `pass`, or `alarm` as well; never without a verdict
    """

    column: str
    state: str = ".smokealarm/watermarks.json"
    overlap: Union[str, int, float] = 0
    advance: Literal["pass", "alarm"] = "pass"


def check(watermark: Watermark, place: Place) -> None:
    """Raises FatalError where an overlap is no span."""
    overlap = watermark.overlap
    if isinstance(overlap, str) and not _SPAN.fullmatch(overlap):
        raise FatalError(
            f"`overlap: {overlap}` is no span",
            "Write `2 days`, `36 hours`, `30 minutes`, or a number for a column of numbers.",
            place,
        )


def unread(watermark: Watermark, last: Mark | None, newest: Mark | None) -> Condition | None:
    """What is true of the rows to read: above the last mark, up to the newest value; None for all.

    Rows that arrive while the table is read lie above the newest value, and are read next time.
    """
    if newest is None:
        return None
    up_to = Compared(watermark.column, "<=", newest)
    if last is None:
        return Some((up_to, Absent(watermark.column)))
    since = before(last, watermark.overlap)
    sign: Literal[">", ">="] = ">" if since == last else ">="
    return Every((Compared(watermark.column, sign, since), up_to))


def before(mark: Mark, overlap: str | int | float) -> Mark:
    """The mark less the overlap. Raises FatalError where the two do not fit."""
    if not overlap:
        return mark
    span = _SPAN.fullmatch(overlap) if isinstance(overlap, str) else None
    if span and isinstance(mark, str) and (since := nanoseconds(mark)) is not None:
        zone = "+00" if re.search(r"(Z|[+-]\d\d(:?\d\d)?)$", mark[10:]) else ""
        return iso(int(since - float(span[1]) * UNITS[span[2]] * SECOND)) + zone
    if not isinstance(mark, str) and not isinstance(overlap, str):
        return mark - overlap
    raise FatalError(
        f"`overlap: {overlap}` does not fit the column, whose highest value was {mark!r}",
        "Write a span such as `2 days` for dates, a number for numbers, and none for other texts.",
    )


def is_above(one: Mark, other: Mark) -> bool:
    """Whether a mark lies above another. Of two kinds, the new one counts."""
    if isinstance(one, str) and isinstance(other, str):
        moments = nanoseconds(one), nanoseconds(other)
        if moments[0] is not None and moments[1] is not None:
            return moments[0] > moments[1]
        return one > other
    if isinstance(one, str) or isinstance(other, str):
        return True
    return one > other
