"""Rows that have a fault. They have no numbers: the columns of `key:` say which they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from ibis.common.exceptions import IbisError

from smokealarm.data.columns import Kind
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Missing, RecordRepeated
from smokealarm.data.remote import records
from smokealarm.data.remote.answering import finished
from smokealarm.data.remote.faults import is_among, judged
from smokealarm.data.remote.judged import Judged
from smokealarm.data.remote.relation import Relation, both
from smokealarm.data.remote.requests import grouped
from smokealarm.data.remote.values import plain, shown
from smokealarm.errors import Inconclusive

SHOWN = 60  # characters of a value in a message


def examples(
    relation: Relation, question: Faulty | FaultyRecord, at_most: int
) -> Sequence[Example]:
    """Some rows with the fault, the smallest values of the key first; none where it cannot show them."""
    if not relation.key and isinstance(question.fault, Missing):
        return []
    try:
        if isinstance(question, FaultyRecord):
            return _of_records(relation, question, at_most)
        return _of_values(relation, question, at_most)
    except (Inconclusive, IbisError):  # the count stands without them
        return []


def _of_values(relation: Relation, question: Faulty, at_most: int) -> Sequence[Example]:
    fault: Judged = finished(relation, judged(relation, question))
    faulty = _condition(relation, question, fault, at_most)
    if faulty is None:
        return [_example((), value, relation) for value, _ in fault.values[:at_most]]
    rows = both(relation.rows(question.where), faulty)
    return _rows(relation, rows, (question.column,), at_most)


def _condition(relation: Relation, question: Faulty, fault: Judged, at_most: int) -> Any:
    by_hand = [value for value, _ in fault.values[:at_most]]
    parts = [] if fault.condition is None else [fault.condition]
    if by_hand:
        if relation.columns[question.column].kind is Kind.OTHER:
            return None
        parts.append(is_among(relation, question.column, [plain(value) for value in by_hand]))
    return reduce(or_, parts) if parts else None


def _of_records(relation: Relation, question: FaultyRecord, at_most: int) -> Sequence[Example]:
    judged_rows = both(relation.rows(question.where), records.considered(relation, question))
    if isinstance(question.fault, RecordRepeated):
        groups = grouped(relation, question.names, judged_rows)
        several = groups.filter(groups["n"] > 1).order_by("v0").limit(at_most)
        found = relation.engine.rows(several)
        return [Example(0, _together(question.names, row[:-1])) for row in found]
    rows = both(judged_rows, records.condition(relation, question))
    return _rows(relation, rows, question.names, at_most)


def _rows(relation: Relation, rows: Any, names: Sequence[str], at_most: int) -> Sequence[Example]:
    """The first rows by the key, so that two runs show the same ones."""
    key = {f"k{at}": relation.value(name) for at, name in enumerate(relation.key)}
    values = {f"v{at}": relation.value(name) for at, name in enumerate(names)}
    chosen = relation.meant(rows).select(**key, **values)
    found = relation.engine.rows(chosen.order_by(list(chosen.columns)).limit(at_most))
    written = names if len(names) > 1 else ()
    return [_example(row[: len(key)], row[len(key) :], relation, written) for row in found]


def _example(
    key: Sequence[Any], values: Any, relation: Relation, names: Sequence[str] = ()
) -> Example:
    told = ", ".join(f"{name} {shown(value)}" for name, value in zip(relation.key, key))
    if names:
        return Example(0, _together(names, values), key=told)
    value = values[0] if isinstance(values, (tuple, list)) and values else values
    return Example(0, _cut(shown(value)), key=told)


def _together(names: Sequence[str], values: Sequence[Any]) -> str:
    return _cut(", ".join(f"{name} {shown(value)}" for name, value in zip(names, values)))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
