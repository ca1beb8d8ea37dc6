"""Questions about rows: how many there are, how many have a fault, and which a query returns."""

from __future__ import annotations

from msgspec import Struct

from smokealarm.data.questions.faults import Fault, Ignore, RecordFault
from smokealarm.data.questions.question import Question, Value


class Tally(Struct, frozen=True):
    """How many rows there are, in how many the value is missing, how many have the fault."""

    rows: int
    missing: int
    faulty: int


class Faulty(Question[Tally], frozen=True):
    """How many rows of the column have the fault? Missing values have no other fault."""

    column: str
    fault: Fault


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


class RowCount(Question[int], frozen=True):
    """How many rows are there?"""


class Selected(Question[tuple[tuple[Value, ...], ...]], frozen=True):
    """The rows that a query in SQL returns; `{batch}` stands for the table. At most `limit` rows."""

    query: str
    limit: int = 1000

    @property
    def whole(self) -> bool:
        return True
