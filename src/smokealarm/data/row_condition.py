"""Row conditions as users and their suites write them, understood once, before any table is opened."""

from __future__ import annotations

from typing import Any, Union

from smokealarm.data.where import Condition
from smokealarm.errors import FatalError

RowCondition = Union[str, dict[str, Any], None]


def parsed(row_condition: RowCondition, condition_parser: str | None = None) -> Condition | None:
    """The rows that are meant; None for all. Raises FatalError where it is not understood."""
    if row_condition is None:
        return None
    raise FatalError(f"the row condition {row_condition!r} is not understood")
