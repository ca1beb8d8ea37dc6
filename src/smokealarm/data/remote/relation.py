"""A remote table as questions are put to it: an expression, its columns, and who answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis.expr.types as ir
from msgspec import Struct

from smokealarm.data.columns import Column
from smokealarm.data.conditions.where import Condition
from smokealarm.data.remote.address import Address
from smokealarm.data.remote.conditions import condition
from smokealarm.data.remote.engines import Engine

MOST_VALUES = 100_000  # distinct values that are fetched to be judged by Python


class Relation(Struct, frozen=True, kw_only=True):
    """A table of an engine. `key` are the columns by which a row is found again."""

    engine: Engine
    address: Address
    table: ir.Table
    columns: Mapping[str, Column]
    beside: Callable[[str], Relation]
    key: tuple[str, ...] = ()
    most_values: int = MOST_VALUES
    judged: dict[object, Any] = {}  # what Python found of a question's values, for its examples

    def value(self, column: str) -> ir.Column:
        found: ir.Column = self.table[column]
        return found

    def plain(self, column: str) -> ir.Column:
        """The same as it travels: drivers differ about how much of a 32-bit number they tell."""
        found = self.value(column)
        return found.cast("float64") if self.columns[column].type == "FLOAT" else found

    def microseconds(self, column: str) -> Any:
        """A date or time as microseconds since 1970, in UTC."""
        found = self.value(column)
        date = self.columns[column].type == "DATE"
        return self.engine.microseconds(found.cast("timestamp") if date else found)

    def rows(self, where: Condition | None) -> ir.BooleanValue | None:
        """What is true of the rows that are meant; None for all."""
        return None if where is None else condition(where, self.table, self.columns)

    def meant(self, *conditions: ir.BooleanValue | None) -> ir.Table:
        """The rows for which all of the conditions hold."""
        wanted = both(*conditions)
        return self.table if wanted is None else self.table.filter(wanted)

    def count(self, *conditions: ir.BooleanValue | None) -> ir.IntegerScalar:
        """How many rows there are for which all of the conditions hold."""
        return self.table.count(where=both(*conditions))


def both(*conditions: ir.BooleanValue | None) -> ir.BooleanValue | None:
    """All of the conditions in one; None where there is none."""
    together: ir.BooleanValue | None = None
    for each in conditions:
        if each is not None:
            together = each if together is None else together & each
    return together
