"""What a check may ask of a table, in the words of no engine, so that any engine may answer.

Every question is a value: two that are equal are answered once. `Question[int]` is answered by an int.
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar, Union

from msgspec import Struct

from smokealarm.data.where import Condition, columns_of

Bound = Union[int, float, str, None]
Value = Union[str, int, float, bool, None]
T = TypeVar("T")


class Question(Struct, Generic[T], frozen=True, kw_only=True):
    """What all questions share: the rows that are meant (all), and the table (the case's own).

    `table` is the path of another table, as the user wrote it.
    """

    where: Condition | None = None
    table: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be there for an answer."""
        own = getattr(self, "column", None)
        named = (own,) if own else getattr(self, "names", ())
        return (*named, *columns_of(self.where))

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that must be open for an answer; "" is the case's own."""
        return (self.table,)


# --- Rows that have a fault -----------------------------------------------------------------------


class Missing(Struct, frozen=True):
    """The value is null or NaN."""


class Present(Struct, frozen=True):
    """The value is neither null nor NaN."""


class Outside(Struct, frozen=True):
    """The value lies outside a range; a bound of None leaves that side open."""

    min_value: Bound
    max_value: Bound
    strict_min: bool = False
    strict_max: bool = False


class LengthOutside(Struct, frozen=True):
    """The number of the text's characters lies outside a range."""

    min_value: int | float | None
    max_value: int | float | None
    strict_min: bool = False
    strict_max: bool = False


class NotIn(Struct, frozen=True):
    """The value is none of these."""

    values: tuple[Value, ...]


class In(Struct, frozen=True):
    """The value is one of these."""

    values: tuple[Value, ...]


class Unmatched(Struct, frozen=True):
    """The pattern is found nowhere in the value's text."""

    regex: str


class Mismatched(Struct, frozen=True):
    """The value's text does not obey a list of patterns.

    - `kind`: "regex", or "like" for SQL's LIKE
    - `obeys`: the value must match "any" of them, "all" of them, or "none"
    """

    patterns: tuple[str, ...]
    kind: Literal["regex", "like"] = "regex"
    obeys: Literal["any", "all", "none"] = "any"


class Refused(Struct, frozen=True):
    """A reader of Python refuses the value's text: `readers.READERS[reader](argument)` says which.

    It is asked about distinct values only.
    """

    reader: str
    argument: str = ""


class Repeated(Struct, frozen=True):
    """The value stands in more than one row."""


class Unordered(Struct, frozen=True):
    """The value does not follow on the one before it, in the order of the rows."""

    descending: bool = False
    strictly: bool = False


class Afar(Struct, frozen=True):
    """The value lies too many standard deviations from the mean: its z-score is over the threshold."""

    threshold: float
    double_sided: bool = True


Fault = Union[
    Missing, Present, Outside, LengthOutside, NotIn, In, Unmatched, Mismatched, Refused, Repeated,
    Unordered, Afar,
]  # fmt: skip


class Tally(Struct, frozen=True):
    """How many rows there are, in how many the value is missing, how many have the fault."""

    rows: int
    missing: int
    faulty: int


class Faulty(Question[Tally], frozen=True):
    """How many rows of the column have the fault? Missing values have no other fault."""

    column: str
    fault: Fault


class Unequal(Struct, frozen=True):
    """The values of the columns are not all equal."""


class NotAbove(Struct, frozen=True):
    """The first column's value is not greater than the second's."""

    or_equal: bool = False


class NotPaired(Struct, frozen=True):
    """The two values are none of these pairs."""

    pairs: tuple[tuple[Value, Value], ...]


class SumIsNot(Struct, frozen=True):
    """The values of the columns do not add up to the total."""

    total: float


class RecordRepeated(Struct, frozen=True):
    """The combination of values stands in more than one row."""


class RepeatedWithin(Struct, frozen=True):
    """Two of the columns have the same value in this row."""


RecordFault = Union[Unequal, NotAbove, NotPaired, SumIsNot, RecordRepeated, RepeatedWithin]

Ignore = Literal[
    "both_values_are_missing", "either_value_is_missing",
    "all_values_are_missing", "any_value_is_missing", "never",
]  # fmt: skip


class FaultyRecord(Question[Tally], frozen=True):
    """How many rows have the fault in these columns together? `ignore` says which count as missing."""

    names: tuple[str, ...]
    fault: RecordFault
    ignore: Ignore


class Example(Struct, frozen=True):
    """A row with the fault: its number among the data rows, from 1, and its line in a text file."""

    row: int
    value: str
    line: int | None = None


# --- Numbers of the whole column ------------------------------------------------------------------

Statistic = Literal["min", "max", "sum", "mean", "median", "stdev", "distinct", "missing", "once"]


class Number(Question[Value], frozen=True):
    """One number of the column, None where there is nothing to take it of. Missing values do not count.

    - `min`, `max`: the extreme value; texts by code point, dates as ISO 8601
    - `sum`, `mean`, `median` (the mean of the middle two), `stdev` (of a sample: n - 1)
    - `distinct`: how many different values; `once`: how many stand in exactly one row
    - `missing`: how many are null or NaN
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


class Histogram(Question[tuple[int, ...]], frozen=True):
    """How many values lie below the first edge, in each bin, and above the last edge.

    A bin has its left edge and not its right one, but the last has both, as numpy's.
    """

    column: str
    edges: tuple[float, ...]


class Crossed(Question[tuple[tuple[Value, Value, int], ...]], frozen=True):
    """How often each pair of values of two columns stands together; rows where one is missing left out."""

    names: tuple[str, str]


# --- The whole table ------------------------------------------------------------------------------


class RowCount(Question[int], frozen=True):
    """How many rows are there?"""


class Selected(Question[tuple[tuple[Value, ...], ...]], frozen=True):
    """The rows that a query in SQL returns; `{batch}` stands for the table. At most `limit` rows."""

    query: str
    limit: int = 1000
