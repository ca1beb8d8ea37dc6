"""Row conditions: which rows a question is about, in the words of no engine."""

from __future__ import annotations

from typing import Literal, Union

from msgspec import Struct


class Of(Struct, frozen=True):
    """The value of a column in the same row."""

    column: str


Literally = Union[str, int, float, bool]
Operand = Union[str, int, float, bool, Of]
Sign = Literal["==", "!=", "<", "<=", ">", ">="]


class Compared(Struct, frozen=True):
    """The value compares so with another. A missing one is unequal to all, and compares with nothing."""

    column: str
    sign: Sign
    value: Operand


class Among(Struct, frozen=True):
    """The value is one of these, or, negated, none of them, which a missing one is not either."""

    column: str
    values: tuple[Literally, ...]
    negated: bool = False


class Absent(Struct, frozen=True):
    """The value is missing, or, negated, there."""

    column: str
    negated: bool = False


class Every(Struct, frozen=True):
    """All of the conditions hold."""

    conditions: tuple[Condition, ...]


class Some(Struct, frozen=True):
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


class Not(Struct, frozen=True):
    """The condition does not hold."""

    condition: Condition


Condition = Union[Compared, Among, Absent, Every, Some, Not]


def columns_of(condition: Condition | None) -> tuple[str, ...]:
    """The columns that the condition is about."""
    if condition is None:
        return ()
    if isinstance(condition, (Every, Some)):
        return tuple(name for part in condition.conditions for name in columns_of(part))
    if isinstance(condition, Not):
        return columns_of(condition.condition)
    other = condition.value if isinstance(condition, Compared) else None
    return (condition.column, other.column) if isinstance(other, Of) else (condition.column,)
