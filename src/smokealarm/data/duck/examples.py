"""The rows that have a fault, in their order, each with what it holds."""

from __future__ import annotations

from smokealarm.data.columns import Kind
from smokealarm.data.duck import order, record_rows
from smokealarm.data.duck.faults import condition
from smokealarm.data.duck.parts import concatenated, in_parts, whole_or_parts
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import missing
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Repeated, Unordered

SHOWN = 60  # characters of a value in a message


def examples(relation: Relation, question: Faulty | FaultyRecord, at_most: int) -> list[Example]:
    """The first rows with the fault, numbered from 1."""
    if isinstance(question, FaultyRecord):
        return _records(relation, question, at_most)
    if isinstance(question.fault, Unordered):
        return _steps(relation, question, question.fault, at_most)
    column, key = relation.columns[question.column], relation.key(question.column)
    rows = relation.rows(question.where)
    numbered = Sql(f"(SELECT {relation.view.row} AS r, {key} AS v FROM {rows.text})", rows.values)

    def first(fault: Sql) -> list[tuple[int, str | None]]:
        found = f"SELECT r, CAST(v AS VARCHAR) FROM {numbered.text} WHERE {fault.text}"
        limited = f"{found} ORDER BY r LIMIT {at_most}"
        return relation.ask(Sql(limited, numbered.values + fault.values))

    def repeated(part: str) -> list[tuple[int, str | None]]:
        """The rows of as many values as there are rows asked for: of those that come first."""
        there = f"FROM {numbered.text} WHERE {part} AND NOT {missing('v', column)}"
        values = f"SELECT v {there} GROUP BY 1 HAVING count(*) > 1 ORDER BY min(r) LIMIT {at_most}"
        return first(Sql(f"v IN ({values})", numbered.values))

    if isinstance(question.fault, Repeated):
        found = whole_or_parts(
            column,
            lambda: repeated("true"),
            lambda: sorted(concatenated(in_parts(column, repeated)))[:at_most],
        )
    else:
        found = first(condition(relation, question))
    return [Example(row + 1, shown(value, column.kind)) for row, value in found]


def _steps(relation: Relation, question: Faulty, fault: Unordered, at_most: int) -> list[Example]:
    """The first steps in the wrong direction, as `3 after 5`."""
    kind, steps = relation.columns[question.column].kind, order.steps(relation, question)
    found = relation.ask(
        Sql(
            f"SELECT r, CAST(v AS VARCHAR), CAST(p AS VARCHAR) FROM ({steps.text}) "
            f"WHERE {order.unordered(fault).text} ORDER BY r LIMIT {at_most}",
            steps.values,
        )
    )
    return [
        Example(row + 1, f"{shown(value, kind)} after {shown(before, kind)}")
        for row, value, before in found
    ]


def _records(relation: Relation, question: FaultyRecord, at_most: int) -> list[Example]:
    kinds = [relation.columns[name].kind for name in question.names]
    return [
        Example(row + 1, ", ".join(shown(value, kind) for value, kind in zip(values, kinds)))
        for row, *values in record_rows.faulty(relation, question, at_most)
    ]


def shown(value: str | None, kind: Kind) -> str:
    """A value for a message: quoted where it is text, cut where nobody would read on."""
    text = "null" if value is None else repr(value) if kind is Kind.TEXT else value
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
