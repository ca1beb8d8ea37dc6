"""The table from which is learnt, opened as a case would open it, with all of its columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smokealarm.data.duck.connection import connected
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.table import Tables
from smokealarm.data.questions import Question
from smokealarm.data.sources.source import Unreadable, source_of
from smokealarm.errors import FatalError, Place


class EveryColumn(Question[None], frozen=True):
    """Nothing is asked yet, but every column will be looked at."""

    @property
    def whole(self) -> bool:
        return True


_NOWHERE = Place("")


@contextmanager
def reference(table: str, root: Path, *others: str) -> Iterator[Relation]:
    """The open table; the others stand beside it. Raises FatalError where it cannot be read."""
    with connected() as connection:
        tables = Tables(connection, [EveryColumn()], root)
        try:
            tables.open("", source_of(table, root, _NOWHERE))
            for other in others:
                tables.open(other, source_of(other, root, _NOWHERE))
            relation = tables[""].relation
        except Unreadable as unreadable:
            raise FatalError(unreadable.message, unreadable.remedy) from None
        except FatalError as error:  # the table stands in no file, but on the command line
            raise FatalError(error.message, error.remedy) from None
        yield relation
