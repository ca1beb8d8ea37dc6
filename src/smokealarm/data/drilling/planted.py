"""A made-up change of a table: which values, rows and columns the copy has in place of the table's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.sql import Sql, identifier
from smokealarm.data.questions import Value


class Original(NamedTuple):
    """The copy that faults are planted in: a table `name` of the engine with the columns' own names.

    `dice` is a column of it: a number from 0 to 1, by chance, in every row; `at` the row's number.
    `categories`: the columns whose values repeat.
    """

    name: str
    columns: Mapping[str, Column]
    rows: int
    dice: str
    at: str
    categories: frozenset[str] = frozenset()

    def of(self, kind: Kind) -> list[Column]:
        return [column for column in self.columns.values() if column.kind is kind]


class Planted(NamedTuple):
    """One change of the copy.

    - `check`: the check that is there for such a fault; "" for a healthy edit
    - `values`: what stands in place of a column, as SQL over the original's columns
    - `dropped`: columns that are not there any more
    - `tail`: what follows FROM the original, as a WHERE
    - `cut`: the share of the file's bytes that is left
    - `remedy`: the line that would catch it
    """

    check: str
    name: str
    manner: str
    values: Mapping[str, str] = {}
    dropped: Sequence[str] = ()
    tail: str = ""
    more: str = ""
    cut: float = 1.0
    remedy: str = ""


def query(original: Original, planted: Planted) -> Sql:
    """The rows of the changed copy, in their order."""
    shown = ", ".join(
        f"{planted.values.get(name, identifier(name))} AS {identifier(name)}"
        for name in original.columns
        if name not in planted.dropped
    )
    table, at = identifier(original.name), identifier(original.at)
    rows = f"(SELECT * FROM {table} {planted.tail} {planted.more})"
    return Sql(f"SELECT {shown} FROM {rows} ORDER BY {at}")


def where(original: Original, share: float) -> str:
    """What is true of about that share of the rows."""
    return f"{identifier(original.dice)} < {share}"


def instead(original: Original, column: str, value: str, share: float) -> str:
    """The value in place of the column's own, in about that share of the rows."""
    if share >= 1:
        return value
    return f"CASE WHEN {where(original, share)} THEN {value} ELSE {identifier(column)} END"


def percent(share: float) -> str:
    return f"{100 * share:g} % of the rows"


def line(check: str, **options: Value) -> str:
    """How the check is written in a configuration."""
    inside = ", ".join(f"{name}: {value}" for name, value in options.items())
    return f"Add: - {check}: {{{inside}}}"
