"""The rows that have a fault, in their order, each with what it holds."""

from __future__ import annotations

from smokealarm.data.columns import Kind
from smokealarm.data.duck.faults import condition
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import missing
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Repeated

SHOWN = 60  # characters of a value in a message


def examples(relation: Relation, question: Faulty | FaultyRecord, at_most: int) -> list[Example]:
    """The first rows with the fault, numbered from 1."""
    if isinstance(question, FaultyRecord):
        raise NotImplementedError("records")
    column, key = relation.columns[question.column], relation.key(question.column)
    rows, fault = relation.rows(question.where), condition(relation, question)
    if isinstance(question.fault, Repeated):
        repeated = f"SELECT {key} FROM {rows.text} GROUP BY 1 HAVING count(*) > 1"
        fault = Sql(f"v IN ({repeated}) AND NOT {missing('v', column)}", rows.values)
    found = relation.ask(
        Sql(
            f"SELECT r, CAST(v AS VARCHAR) FROM "
            f"(SELECT {relation.view.row} AS r, {key} AS v FROM {rows.text}) "
            f"WHERE {fault.text} ORDER BY r LIMIT {at_most}",
            (*rows.values, *fault.values),
        )
    )
    return [Example(row + 1, shown(value, column.kind)) for row, value in found]


def shown(value: str | None, kind: Kind) -> str:
    """A value for a message: quoted where it is text, cut where nobody would read on."""
    text = "null" if value is None else repr(value) if kind is Kind.TEXT else value
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
