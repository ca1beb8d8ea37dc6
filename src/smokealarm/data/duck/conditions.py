"""Row conditions in DuckDB's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from smokealarm.data.columns import Column
from smokealarm.data.duck.sql import Sql
from smokealarm.data.where import Condition


def condition(where: Condition, columns: Mapping[str, Column], key: Callable[[str], str]) -> Sql:
    """What is true of the rows that are meant."""
    raise NotImplementedError("row conditions")
