"""SQL as a value: a text and what is bound to its question marks. User's values are always bound."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Sql(NamedTuple):
    """A piece of SQL; the values stand in the order of the question marks in the text."""

    text: str
    values: tuple[Any, ...] = ()


def joined(pieces: Iterable[Sql], by: str) -> Sql:
    """The pieces in a row, with their values in the same order."""
    pieces = list(pieces)
    return Sql(
        by.join(piece.text for piece in pieces),
        tuple(value for piece in pieces for value in piece.values),
    )


def quoted(text: str) -> str:
    """A literal, for the places where SQL takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name of a view or column, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'
