"""What a table's columns are: their names, their types, and which kinds can be compared."""

from __future__ import annotations

from difflib import get_close_matches
from enum import Enum

from msgspec import Struct

from smokealarm.data.questions import Bound


class Kind(str, Enum):
    """A family of types whose values compare with each other, as a message names it."""

    NUMBER = "numbers"
    BOOLEAN = "true or false"
    TEXT = "text"
    MOMENT = "dates"
    OTHER = "values of another kind"


NUMBERS = (Kind.NUMBER, Kind.BOOLEAN)  # true counts as 1


class Column(Struct, frozen=True):
    """A column: its name as the file has it, and its type in the engine's words."""

    name: str
    type: str
    kind: Kind

    def __str__(self) -> str:
        kind = "" if self.kind is Kind.OTHER else f"{self.kind.value}, "
        return f"{self.name} holds {kind}type {self.type}"


def compares(kind: Kind, bound: Bound) -> bool:
    """Whether values of the kind can lie above or below the bound."""
    if isinstance(bound, str):
        return kind in (Kind.TEXT, Kind.MOMENT)
    return bound is None or kind in NUMBERS


def family(column: Column) -> object:
    """What compares with each other: the kind, or the type where the kind says nothing."""
    if column.kind is Kind.OTHER:
        return column.type
    return Kind.NUMBER if column.kind in NUMBERS else column.kind


def listed(names: list[str], at_most: int = 20) -> str:
    """The names for a sentence, cut where nobody would read on."""
    more = f" and {len(names) - at_most} more" if len(names) > at_most else ""
    shown = (name if name == name.strip() and name else repr(name) for name in names[:at_most])
    return ", ".join(shown) + more if names else "none"


def did_you_mean(name: str, names: list[str]) -> str:
    """The end of a sentence about a name that is not there: the nearest one that is."""
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
