"""What a fault came to: a condition for the engine, and the distinct values that Python found faulty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import ibis.expr.types as ir

from smokealarm.data.questions import Faulty
from smokealarm.data.remote.relation import Relation, both
from smokealarm.data.remote.requests import Asking, Values
from smokealarm.data.remote.values import text


class Judged(NamedTuple):
    """The values with the fault; none of them is judged twice.

    - `condition`: what is true of a value that the engine finds faulty; None where it is not asked
    - `values`: those that Python found, each with its number of rows
    """

    condition: ir.BooleanValue | None
    values: tuple[tuple[Any, int], ...] = ()


def by_python(
    relation: Relation,
    question: Faulty,
    refuses: Callable[[Any], bool],
    which: ir.BooleanValue | None = None,
) -> Asking[Judged]:
    """Fetch the distinct values, and ask Python which of them have the fault."""
    there = relation.value(question.column).notnull()
    rows = both(relation.rows(question.where), there, which)
    [found] = yield [Values((question.column,), rows)]
    return Judged(None, tuple((value, n) for value, n in found if refuses(_read(value))))


def _read(value: Any) -> Any:
    """Drivers hand over bytes as a view of them."""
    return bytes(value) if isinstance(value, (memoryview, bytearray)) else value


def seen(value: Any) -> str:
    """The value as Python would print it."""
    return value if isinstance(value, str) else text(value)
