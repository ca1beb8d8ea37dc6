"""SQL's third truth value, unknown, in conditions that have only two."""

from __future__ import annotations

from smokealarm.data.conditions.where import (
    Absent,
    Among,
    Compared,
    Condition,
    Every,
    Not,
    Of,
    Sign,
    Some,
)

OPPOSITE: dict[Sign, Sign] = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def certainly(condition: Condition, truth: bool = True) -> Condition:
    """What holds where SQL says that the condition is true, or, for `truth=False`, that it is false.

    Of a missing value SQL says neither, whatever it is compared with.
    """
    if isinstance(condition, Not):
        return certainly(condition.condition, not truth)
    if isinstance(condition, (Every, Some)):
        parts = tuple(certainly(part, truth) for part in condition.conditions)
        return Every(parts) if isinstance(condition, Every) is truth else Some(parts)
    if isinstance(condition, Absent):
        return Absent(condition.column, condition.negated is truth)
    if isinstance(condition, Among):
        negated = condition.negated is truth
        return _present(Among(condition.column, condition.values, negated))
    sign = condition.sign if truth else OPPOSITE[condition.sign]
    return _present(Compared(condition.column, sign, condition.value))


def _present(condition: Compared | Among) -> Condition:
    columns = [condition.column]
    if isinstance(condition, Compared) and isinstance(condition.value, Of):
        columns.append(condition.value.column)
    return Every((*(Absent(column, negated=True) for column in columns), condition))
