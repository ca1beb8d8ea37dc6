"""Questions about a whole column: its numbers, and how its values are distributed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Union

from msgspec import Struct

from smokealarm.data.questions.question import Question, Value

Statistic = Literal["min", "max", "sum", "mean", "median", "stdev", "distinct", "missing", "once"]


class Number(Question[Value], frozen=True):
    """One number of the column, None where there is nothing to take it of. Missing values do not count.

    - `min`, `max`: the extreme value; texts by code point, dates as ISO 8601
    - `sum` (0 of nothing), `mean`, `median` (the mean of the middle two), `stdev` (of a sample: n - 1)
    - `distinct`: how many different values; `once`: how many stand in exactly one row
    - `missing`: how many are null or NaN

    Where values of the column's kind have no such statistic, any answer but None says that there are some.
    """

    column: str
    statistic: Statistic


class Quantiles(Question[tuple[Union[float, str, None], ...]], frozen=True):
    """The quantiles of the column at these levels, from 0 to 1, by numpy's name of the method."""

    column: str
    levels: tuple[float, ...]
    method: Literal["linear", "lower", "higher", "midpoint", "nearest"] = "nearest"


class Counts(Question[tuple[tuple[Value, int], ...]], frozen=True):
    """Every distinct value that is not missing with its number of rows, the most frequent first."""

    column: str


class SetDifference(Struct, frozen=True):
    """What a column and a set have not in common.

    - `strangers`: how many distinct values are not in the set; `first`: the smallest of them
    - `absent`: the members of the set that no row holds
    """

    strangers: int
    first: tuple[Value, ...]
    absent: tuple[Value, ...]


class AgainstSet(Question[SetDifference], frozen=True):
    """How do the column's distinct values differ from a set? Nulls do not count, on either side."""

    column: str
    values: tuple[Value, ...]


class Modes(Struct, frozen=True):
    """The values that stand in the most rows.

    - `rows`: in how many; `ties`: how many such values there are; `first`: the smallest of them
    - `asked_for`: how many of them were asked for
    """

    rows: int
    ties: int
    first: tuple[Value, ...]
    asked_for: int


class Commonest(Question[Modes], frozen=True):
    """Which values are the most frequent? Missing ones do not count; `values` are those asked for."""

    column: str
    values: tuple[Value, ...]


class Ordered(Question[Sequence[float]], frozen=True):
    """Every number of the column, from the smallest to the largest, as an array of 64-bit numbers."""

    column: str


class Histogram(Question[tuple[int, ...]], frozen=True):
    """How many values lie below the first edge, in each bin, and above the last edge.

    A bin has its left edge and not its right one, but the last has both, as numpy's.
    """

    column: str
    edges: tuple[float, ...]


class Crossed(Question[tuple[tuple[Value, Value, int], ...]], frozen=True):
    """How often each pair of values of two columns stands together; rows where one is missing left out."""

    names: tuple[str, str]
