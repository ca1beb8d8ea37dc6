"""Questions that compare: rows with rows, one table with another, a column with the label.

Names of columns left empty mean every column; of two tables, every one that both have.
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar, Union

from msgspec import Struct

from smokealarm.data.questions import Question, Value

T = TypeVar("T")


class OfMany(Question[T], Generic[T], frozen=True, kw_only=True):
    """A question about the named columns, or about all but the ignored ones."""

    names: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return not self.names

    def meant(self, columns: list[str]) -> list[str]:
        """Which of a table's columns the question is about."""
        return [
            name
            for name in columns
            if (name in self.names or not self.names) and name not in self.ignore
        ]


# --- Rows that are there more than once -----------------------------------------------------------


class Twins(Struct, frozen=True, kw_only=True):
    """Rows that are the same as another one.

    - `rows`: how many rows were compared, of the table itself
    - `again`: how many of them have a twin: an earlier row, or any row of the other table
    - `pairs`: the first of them, each with its twin; rows count from 1
    - `usual`: of the other table's rows, the share that has a twin in that same table
    - `columns`: by what they were compared
    - `likeness`: of near twins, how alike each pair is, from 0 to 1
    """

    rows: int
    again: int
    pairs: tuple[tuple[int, int], ...] = ()
    usual: float = 0.0
    columns: tuple[str, ...] = ()
    likeness: tuple[float, ...] = ()


class RepeatedRows(OfMany[Twins], frozen=True, kw_only=True):
    """Which rows are equal to an earlier one? `digits` rounds numbers to significant digits first."""

    digits: int = 0


class SharedRows(OfMany[Twins], frozen=True, kw_only=True):
    """Which rows stand in the other table as well? Columns of two types compare as text or number."""

    other: str
    digits: int = 0

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, self.other)


class SimilarTexts(Question[Twins], frozen=True, kw_only=True):
    """Which texts are like an earlier one, or, given another table, like one of its texts?

    The likeness is Jaccard's, of the sets of five successive characters, case and punctuation aside.
    """

    column: str
    similarity: float
    other: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, self.other) if self.other else (self.table,)


# --- The columns of two tables --------------------------------------------------------------------


class Steps(Struct, frozen=True, kw_only=True):
    """A column of numbers or dates in two tables: how far apart their distributions are.

    - `distance`: the largest difference of the two cumulative shares (Kolmogorov and Smirnov)
    - `at`: the value where it is, and which table has more of the lower values there
    - `edges`, `shares`: a histogram for the eye, first of the reference
    """

    distance: float
    at: str
    more_below: bool
    edges: tuple[float, ...] = ()
    counts: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())


class Shares(Struct, frozen=True, kw_only=True):
    """A column of categories in two tables: each value's rows there and here, the most frequent first.

    `rest` are the rows of all values that are not listed. `distinct` counts all values.
    """

    values: tuple[tuple[Value, int, int], ...]
    rest: tuple[int, int]
    distinct: int


class Paired(Struct, frozen=True, kw_only=True):
    """A column in two tables: the rows with a value and without, first of the reference."""

    present: tuple[int, int]
    missing: tuple[int, int]
    seen: Union[Steps, Shares, None]
    left_out: str = ""  # why it was not compared


class PairedColumns(OfMany[dict[str, Paired]], frozen=True, kw_only=True):
    """How are the columns distributed in the other table, the reference, and in this one?

    `bins`: numbers as categories too, cut at the reference's quantiles; 0 for steps.
    `profile`: the other table is a stored profile. Answered by the columns that both have.
    """

    other: str
    bins: int = 0
    profile: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, self.other)

    @property
    def whole(self) -> bool:
        return self.profile or not self.names


# --- What is looked at as it is -------------------------------------------------------------------


class Sample(Question[dict[str, list[Value]]], frozen=True, kw_only=True):
    """At most about this many rows, the same ones every time; missing values are None."""

    limit: int
    needs: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return True

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.needs, *super().columns)


class Moments(Struct, frozen=True, kw_only=True):
    """The newest moment that is not after `until`, the rows after it, and what is no moment at all."""

    present: int
    unreadable: int
    unreadable_row: int | None
    newest: str | None
    newest_row: int | None
    later: int
    latest: str | None
    latest_row: int | None


class Newest(Question[Moments], frozen=True, kw_only=True):
    """The newest moment of a column. `until` and the answer are written in ISO 8601, UTC.

    - `zone`: the time zone of what is written without one
    - `format`: of texts, as strptime takes it; "" for ISO 8601
    - `unit`: of numbers that count since 1970
    """

    column: str
    until: str
    zone: str = "UTC"
    format: str = ""
    unit: Literal["", "s", "ms", "us", "ns"] = ""


class Fact(Struct, frozen=True, kw_only=True):
    """A column as it is: its type in the engine's words, whether values are missing, and which there are.

    `values` is None where there are too many to be categories.
    """

    name: str
    type: str
    nullable: bool
    values: tuple[Value, ...] | None = None


class Facts(Question[tuple[Fact, ...]], frozen=True, kw_only=True):
    """What are the columns, in their order? Values of texts and booleans, up to `at_most` of them."""

    at_most: int = 50

    @property
    def whole(self) -> bool:
        return True
