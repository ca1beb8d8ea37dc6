"""The members of a set beside the values of a column: which of them are the same."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable

from smokealarm.data.columns import Column, Kind
from smokealarm.data.questions import AgainstSet, SetDifference, Value
from smokealarm.data.values.moments import nanoseconds

SHOWN = 20  # strangers that are named: as many as great_expectations lists


def difference(
    column: Column,
    question: AgainstSet,
    strangers: int,
    first: Iterable[Value],
    members: Iterable[Value],
) -> SetDifference:
    """The answer from how many values are strangers, the first of them, and those that are members."""
    there = {_alike(value, column) for value in members}
    wanted = [value for value in dict.fromkeys(question.values) if value is not None]
    absent = [value for value in wanted if not there & _spellings(value, column)]
    return SetDifference(strangers, tuple(first), tuple(absent))


def _spellings(value: Value, column: Column) -> set[Hashable]:
    """What a member of a set may look like in the column."""
    if column.kind is Kind.OTHER:
        return {str(value), json.dumps(value, ensure_ascii=False)}
    return {_alike(value, column)}


def _alike(value: Value, column: Column) -> Hashable:
    """Equal for values that are the same: 1, 1.0 and true; a day and its midnight."""
    if column.kind is Kind.MOMENT and isinstance(value, str):
        return nanoseconds(value)
    return value
