"""The reference table in memory, column by column: all of it, or stretches from everywhere in it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql, identifier

MOST_ROWS = 50_000
STRETCH = 100  # rows that stay together, so that what neighbours share stays visible


class Values(NamedTuple):
    """A column's values in the order of the rows: `values` means something where `present` is true."""

    column: Column
    present: npt.NDArray[np.bool_]
    values: npt.NDArray[Any]


class Sample(NamedTuple):
    """The rows that were looked at, of how many."""

    rows: int
    of: int
    columns: tuple[Values, ...]


def sample(relation: Relation) -> Sample:
    """At most 50,000 rows, in stretches of 100 from everywhere in the table."""
    view = identifier(relation.view.name)
    [(of,)] = relation.ask(Sql(f"SELECT count(*) FROM {view}"))
    step = -(-of // MOST_ROWS)
    some = f"WHERE (row // {STRETCH}) % {step} = 0" if step > 1 else ""
    numbered = f"(SELECT *, {relation.view.row} AS row FROM {view}) {some} ORDER BY row"
    columns = tuple(_values(relation, column, numbered) for column in relation.columns.values())
    return Sample(len(columns[0].present) if columns else 0, of, columns)


def _values(relation: Relation, column: Column, numbered: str) -> Values:
    key, missing = relation.key(column.name), relation.missing(column.name)
    value = f"CAST({key} AS DOUBLE)" if column.kind in (Kind.NUMBER, Kind.BOOLEAN) else key
    if column.kind in (Kind.MOMENT, Kind.OTHER):
        value = f"CAST({key} AS VARCHAR)"
    found = relation.connection.execute(
        f"SELECT NOT {missing} AS present, {value} AS value FROM {numbered}"
    ).fetchnumpy()
    present = np.asarray(found["present"], dtype=bool)
    values = np.ma.getdata(found["value"])
    return Values(column, present, values)
