"""What a check may ask of a table, in the words of no engine, so that any engine may answer."""

from __future__ import annotations

from typing import Union

from msgspec import Struct

Bound = Union[int, float, str, None]
Value = Union[str, int, float, bool, None]


class Missing(Struct, frozen=True):
    """The value is null or NaN."""


class Outside(Struct, frozen=True):
    """The value lies outside a range; a bound of None leaves that side open."""

    min_value: Bound
    max_value: Bound
    strict_min: bool = False
    strict_max: bool = False


class NotIn(Struct, frozen=True):
    """The value is none of these."""

    values: tuple[Value, ...]


class Unmatched(Struct, frozen=True):
    """The pattern is found nowhere in the value's text."""

    regex: str


class Repeated(Struct, frozen=True):
    """The value stands in more than one row."""


Fault = Union[Missing, Outside, NotIn, Unmatched, Repeated]


class Faulty(Struct, frozen=True):
    """How many rows of the column have the fault? Missing values have no other fault."""

    column: str
    fault: Fault


class Mean(Struct, frozen=True):
    """What is the mean of the column's values that are not missing?"""

    column: str


class RowCount(Struct, frozen=True):
    """How many rows are there?"""


Question = Union[Faulty, Mean, RowCount]


class Tally(Struct, frozen=True):
    """The answer to `Faulty`."""

    rows: int
    missing: int
    faulty: int


class Example(Struct, frozen=True):
    """A row with the fault: its number among the data rows, from 1, and its line in a text file."""

    row: int
    value: str
    line: int | None = None
