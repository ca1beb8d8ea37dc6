"""Questions about arrays: of a file of arrays, or of a column whose rows hold lists of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import identifier
from smokealarm.data.questions.arrays import ArrayNames, Elements, FaultyElements, Layout, Layouts
from smokealarm.loading import load

BATCH = 10_000  # rows


def names(relation: Relation, question: ArrayNames) -> tuple[str, ...]:
    """The arrays of the file, or the columns of lists."""
    if relation.view.arrays is not None:
        return tuple(relation.view.arrays.arrays)
    return tuple(name for name, column in relation.columns.items() if column.type.endswith("]"))


def layouts(relation: Relation, question: Layouts) -> tuple[Layout, ...]:
    layout = load("data.arrays.elements").layout
    with _told(relation):
        return tuple(layout(stored) for stored in _meant(relation, question.array))


def elements(relation: Relation, question: FaultyElements) -> tuple[Elements, ...]:
    faulty = load("data.arrays.elements").faulty
    with _told(relation):
        return tuple(faulty(stored, question.fault) for stored in _meant(relation, question.array))


def _told(relation: Relation) -> AbstractContextManager[None]:
    """Damage that shows only while the elements are read is told as the file's."""
    told: AbstractContextManager[None] = (
        relation.view.arrays.told() if relation.view.arrays is not None else nullcontext()
    )
    return told


def _meant(relation: Relation, name: str) -> Iterator[Any]:
    if relation.view.arrays is not None:
        arrays = relation.view.arrays.arrays
        yield from arrays.values() if not name else filter(None, [arrays.get(name)])
    elif name in names(relation, ArrayNames()):
        yield _list_column(relation, name)


def _list_column(relation: Relation, name: str) -> Any:
    """The engine keeps the order of the rows, so that they come as the file has them."""
    query = f"SELECT {relation.key(name)} FROM {identifier(relation.view.name)}"

    def batches() -> Iterator[Any]:
        found = relation.connection.sql(query)
        to_reader = getattr(found, "to_arrow_reader", None) or found.fetch_record_batch  # DuckDB 1
        for batch in to_reader(BATCH):
            yield batch.column(0)

    return load("data.arrays.lists").array(name, relation.columns[name].type, batches)
