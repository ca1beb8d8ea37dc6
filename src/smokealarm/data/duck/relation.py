"""A table as the embedded engine sees it: a view whose columns are called c0, c1, … whatever their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import duckdb
from msgspec import Struct

from smokealarm.data.columns import Column
from smokealarm.data.conditions.where import Condition
from smokealarm.data.duck import conditions
from smokealarm.data.duck.sql import Sql, identifier
from smokealarm.data.duck.values import missing


class View(Struct, frozen=True, dict=True):
    """What a source makes of itself: a view or table of the engine, and how to count its rows.

    `row` is the SQL of the 0-based number of a row, and `starts` says at which of them each file of
    the source begins. The n-th column is called `c<n>`.
    """

    name: str
    columns: Mapping[str, Column]
    row: str
    starts: tuple[int, ...] = (0,)
    arrays: Any = None  # the file's arrays, an ArrayFile, where it is one of arrays

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """The engine's name of every column."""
        return {column: f"c{at}" for at, column in enumerate(self.columns)}


class Relation(Struct, frozen=True, kw_only=True):
    """A view, the connection in which it lives, and the way to the other tables of the case."""

    connection: duckdb.DuckDBPyConnection
    view: View
    beside: Callable[[str], Relation]
    scratch: dict[object, str] = {}  # temporary tables that were made on the way, by what they hold

    @property
    def columns(self) -> Mapping[str, Column]:
        return self.view.columns

    def key(self, column: str) -> str:
        """The engine's name of the column."""
        return self.view.keys[column]

    def rows(self, where: Condition | None = None) -> Sql:
        """What to select from: the rows that are meant."""
        if where is None:
            return Sql(identifier(self.view.name))
        condition = conditions.condition(where, self.columns, self.key)
        every = "*, rowid" if self.view.row == "rowid" else "*"  # which * leaves out
        text = f"(SELECT {every} FROM {identifier(self.view.name)} WHERE {condition.text})"
        return Sql(text, condition.values)

    def missing(self, column: str) -> str:
        """What is true of a missing value, in terms of the engine's column."""
        return missing(self.key(column), self.columns[column])

    def ask(self, query: Sql) -> list[tuple[Any, ...]]:
        """All rows that the query returns."""
        return self.connection.execute(query.text, query.values).fetchall()
