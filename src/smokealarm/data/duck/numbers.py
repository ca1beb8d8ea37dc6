"""One number of a column in DuckDB's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import missing
from smokealarm.data.questions import Statistic, Value


class Formula(NamedTuple):
    """The aggregate over rows `v`, that over values `v` with counts `n`, and what is made of it."""

    of_rows: Sql | None
    of_counts: Sql | None
    answer: Callable[[Any], Value]


def number(statistic: Statistic, column: Column) -> Formula:
    """How the statistic of the column is computed; what makes no sense of its type is None."""
    if statistic == "mean" and column.kind in (Kind.NUMBER, Kind.BOOLEAN):
        return Formula(
            Sql(f"avg(CAST(v AS DOUBLE)) FILTER (NOT {missing('v', column)})"), None, _as_it_is
        )
    return Formula(Sql("NULL"), Sql("NULL"), _as_it_is)


def _as_it_is(value: Value) -> Value:
    return value
