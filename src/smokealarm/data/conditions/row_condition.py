"""Row conditions as users and their suites write them, understood once, before any table is opened."""

from __future__ import annotations

from typing import Any, Union

from smokealarm.data.conditions import expression, sql, stored
from smokealarm.data.conditions.where import Condition
from smokealarm.errors import FatalError

RowCondition = Union[str, dict[str, Any], None]

PARSERS = {
    None: expression.parsed,
    "pandas": expression.parsed,
    "great_expectations": expression.parsed,
    "great_expectations__experimental__": expression.parsed,
    "spark": sql.parsed,
}


def parsed(row_condition: RowCondition, condition_parser: str | None = None) -> Condition | None:
    """The rows that are meant; None for all. Raises FatalError where it is not understood."""
    if condition_parser not in PARSERS:
        raise FatalError(
            f"`condition_parser: {condition_parser}` is not known",
            f"Write one of {', '.join(filter(None, PARSERS))}, or leave it out, which means pandas.",
        )
    if row_condition is None or row_condition == "":  # as great_expectations takes an empty one
        return None
    if isinstance(row_condition, dict):
        return stored.parsed(row_condition, PARSERS[condition_parser])
    return PARSERS[condition_parser](row_condition)
