"""Which values a reader of Python refuses."""

from __future__ import annotations

from smokealarm.data.columns import Kind
from smokealarm.data.duck.distinct import refused_by
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import text_of
from smokealarm.data.questions import Faulty, Refused
from smokealarm.loading import load


def refused(relation: Relation, question: Faulty) -> Sql:
    """What is true of a value `v` that the reader refuses: of every value that is no text."""
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, Refused), "only readers are asked here"
    if column.kind is not Kind.TEXT and column.type not in ("BLOB", "JSON"):
        return Sql("true")
    accepts = load("data.values.readers").READERS[fault.reader](fault.argument)
    text = "v" if column.type == "BLOB" else text_of(column)
    table = refused_by(
        lambda value: not accepts(value),
        relation,
        question.column,
        question.where,
        of=text,
        which="json_type(v) = 'VARCHAR'" if column.type == "JSON" else "true",
        called=fault,
    )
    refused = f"{text} IN (SELECT value FROM {table})"
    return Sql(f"json_type(v) <> 'VARCHAR' OR {refused}" if column.type == "JSON" else refused)
