"""What a check may ask of a table, in the words of no engine, so that any engine may answer.

Every question is a value: two that are equal are answered once. `Question[int]` is answered by an int.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Literal, TypeVar, Union

from msgspec import Struct

from smokealarm.data.conditions.where import Condition, columns_of

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
    def wanted(self) -> tuple[str, ...]:
        """The columns that must be loaded, if they are there."""
        return self.columns

    @property
    def whole(self) -> bool:
        """Whether it is about columns that are not named: all must be loaded."""
        return False

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
    """The number of the text's characters, or of the list's elements, lies outside a range."""

    min_value: int | float | None
    max_value: int | float | None
    strict_min: bool = False
    strict_max: bool = False


Unit = Literal["characters", "bytes", "words"]


class SizeOutside(Struct, frozen=True):
    """The text has too few or too many characters, bytes of UTF-8, or words between white space."""

    unit: Unit
    min_value: float | None
    max_value: float | None


class NotIn(Struct, frozen=True):
    """The value is none of these."""

    values: tuple[Value, ...]


class In(Struct, frozen=True):
    """The value is one of these."""

    values: tuple[Value, ...]


class Mismatched(Struct, frozen=True):
    """The value's text does not obey a list of patterns.

    - `kind`: "regex", found anywhere in the text, or "like" for SQL's LIKE, which is about all of it
    - `obeys`: the value must match "any" of them, "all" of them, or "none"
    - `escape`: the character that takes the meaning from `%` and `_` in a LIKE; "" for none
    """

    patterns: tuple[str, ...]
    kind: Literal["regex", "like"] = "regex"
    obeys: Literal["any", "all", "none"] = "any"
    escape: str = ""


class Refused(Struct, frozen=True):
    """A reader of Python refuses the value's text: `readers.READERS[reader](argument)` accepts the rest.

    It is asked about distinct values only. What is no text is refused without asking.
    """

    reader: str
    argument: str = ""


class Repeated(Struct, frozen=True):
    """The value stands in more than one row."""


class Unordered(Struct, frozen=True):
    """The value does not follow on the one before it, in the order of the rows that have a value."""

    descending: bool = False
    strictly: bool = False


class Afar(Struct, frozen=True):
    """The value lies too many standard deviations from the mean: its z-score reaches the threshold."""

    threshold: float
    double_sided: bool = True


class Outlying(Struct, frozen=True):
    """The value lies outside a window that the column's own values make.

    - "iqr": beyond a quartile by more than the multiple of the distance between the quartiles
    - "std": from the mean by the multiple of the standard deviation, or more
    """

    method: Literal["iqr", "std"] = "iqr"
    multiplier: float = 1.5


Fault = Union[
    Missing, Present, Outside, LengthOutside, NotIn, In, Mismatched, Refused, Repeated,
    Unordered, Afar, Outlying, SizeOutside,
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
    """The values of the columns are not all equal. Are two missing ones?"""

    missing_are_equal: bool = False


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
    """The combination of values, missing ones as well, stands in more than one row."""


class RepeatedWithin(Struct, frozen=True):
    """Two of the columns have the same value in this row; two missing ones are the same."""


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
    """A row with the fault: its number among the data rows, from 1, and its line in a text file.

    Rows of a remote table have no number (`row` is 0); `key` tells which it is: `id 17`. Of a table of
    several files, `file` is the one, and the row and its line are counted in it.
    """

    row: int
    value: str
    line: int | None = None
    key: str = ""
    file: str = ""


# --- Numbers of the whole column ------------------------------------------------------------------

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


# --- The whole table ------------------------------------------------------------------------------


class RowCount(Question[int], frozen=True):
    """How many rows are there?"""


class Selected(Question[tuple[tuple[Value, ...], ...]], frozen=True):
    """The rows that a query in SQL returns; `{batch}` stands for the table. At most `limit` rows."""

    query: str
    limit: int = 1000

    @property
    def whole(self) -> bool:
        return True
