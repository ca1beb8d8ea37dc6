"""Every row of some columns."""

from __future__ import annotations

from typing import Any

from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.questions.images import Records


def records(relation: Relation, question: Records) -> tuple[tuple[Any, ...], ...]:
    """In the order of the rows."""
    rows = relation.rows(question.where)
    keys = ", ".join(relation.key(name) for name in question.names)
    query = f"SELECT {keys} FROM {rows.text} ORDER BY {relation.view.row}"
    return tuple(relation.ask(Sql(query, rows.values)))
