"""What does not fit into memory at once, asked of one part of a column's values after the other.

Equal values are in the same part, so that what is counted in the parts adds up exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import duckdb

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.connection import is_out_of_room
from smokealarm.data.duck.values import FLOATS, missing

T = TypeVar("T")

PARTS = (7, 61)  # primes: the engine's own tables go by the bits of the same hashes
HASHED = (Kind.NUMBER, Kind.TEXT, Kind.MOMENT, Kind.BOOLEAN)


def whole_or_parts(column: Column, whole: Callable[[], T], parts: Callable[[], T]) -> T:
    """What `whole` says, or `parts` where that takes more memory than there is."""
    try:
        return whole()
    except duckdb.Error as error:
        if not is_out_of_room(error) or column.kind not in HASHED:
            raise
    return parts()


def in_parts(column: Column, ask: Callable[[str], T]) -> list[T]:
    """The answer of every part; `ask` is given what is true of a value `v` in it."""
    value = "v"
    if column.type in FLOATS:  # 0.0 and -0.0 are equal, and so is every NaN to another
        value = f"CASE WHEN {missing('v', column)} THEN NULL WHEN v = 0 THEN 0 ELSE v END"
    *fewer, most = PARTS
    for parts in fewer:
        try:
            return [ask(f"hash({value}) % {parts} = {part}") for part in range(parts)]
        except duckdb.Error as error:
            if not is_out_of_room(error):
                raise
    return [ask(f"hash({value}) % {most} = {part}") for part in range(most)]


def concatenated(lists: Iterable[Sequence[T] | None]) -> list[T]:
    """The values of all lists; None is an empty one."""
    return [value for values in lists for value in values or ()]
