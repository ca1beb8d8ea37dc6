"""Whether a condition can be asked of the columns that a table has."""

from __future__ import annotations

from collections.abc import Mapping

from smokealarm.data.columns import NUMBERS, Column, Kind, compares
from smokealarm.data.conditions.where import (
    Absent,
    Among,
    Compared,
    Condition,
    Every,
    Not,
    Of,
    Some,
)
from smokealarm.data.options import check_moment
from smokealarm.errors import FatalError


def refuse_misfit(condition: Condition | None, columns: Mapping[str, Column]) -> None:
    """Raise FatalError where a column is ordered against what it does not compare with."""
    if condition is None or isinstance(condition, Absent):
        return
    if isinstance(condition, (Every, Some)):
        for part in condition.conditions:
            refuse_misfit(part, columns)
    elif isinstance(condition, Not):
        refuse_misfit(condition.condition, columns)
    elif isinstance(condition, Among):
        _moments(condition, columns)
    else:
        _comparison(condition, columns)


def _moments(condition: Among, columns: Mapping[str, Column]) -> None:
    if columns[condition.column].kind is Kind.MOMENT:
        for value in condition.values:
            if isinstance(value, str):
                check_moment(value)


def _comparison(condition: Compared, columns: Mapping[str, Column]) -> None:
    column, value = columns[condition.column], condition.value
    ordered = condition.sign not in ("==", "!=")
    if isinstance(value, Of):
        other = columns[value.column]
        if ordered and not _alike(column.kind, other.kind):
            raise _misfit(column, condition.sign, str(other))
        return
    if column.kind is Kind.MOMENT and isinstance(value, str):
        check_moment(value)
    if ordered and not compares(column.kind, value):
        raise _misfit(column, condition.sign, repr(value))


def _alike(one: Kind, other: Kind) -> bool:
    return one is other or (one in NUMBERS and other in NUMBERS)


def _misfit(column: Column, sign: str, other: str) -> FatalError:
    return FatalError(
        f"the row condition asks for {column.name} {sign} {other}, but {column}",
        "Compare numbers with numbers, and texts and dates with values in quotes.",
    )
