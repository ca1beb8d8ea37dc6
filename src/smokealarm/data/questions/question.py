"""What all questions about a table share."""

from __future__ import annotations

from typing import Generic, TypeVar, Union

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
