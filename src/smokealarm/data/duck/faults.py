"""The faults of one value in DuckDB's words: what is true of a value `v` that has it.

By counts, `n` is the number of rows that have the value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck import patterns
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql, joined
from smokealarm.data.duck.values import comparable, missing, text_of
from smokealarm.data.questions import (
    Fault,
    Faulty,
    Missing,
    NotIn,
    Outside,
    Repeated,
    Unmatched,
    Value,
)


def needs_counts(fault: Fault) -> bool:
    """Whether only the counts of the distinct values can tell."""
    return isinstance(fault, Repeated)


def prefers_counts(fault: Fault, column: Column) -> bool:
    """Whether the answer is faster from the counts of the distinct values."""
    return needs_counts(fault) or (isinstance(fault, NotIn) and column.kind is Kind.TEXT)


def condition(relation: Relation, question: Faulty) -> Sql:
    """What is true of a value with the fault. Missing values have no fault but being missing."""
    column = relation.columns[question.column]
    if isinstance(question.fault, Missing):
        return Sql(missing("v", column))
    fault = FAULTS[type(question.fault)](relation, question)
    return Sql(f"NOT {missing('v', column)} AND ({fault.text})", fault.values)


def _repeated(relation: Relation, question: Faulty) -> Sql:
    return Sql("n > 1")


def _outside(relation: Relation, question: Faulty) -> Sql:
    """A value that does not compare with the bound lies outside: it is never quietly right."""
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, Outside), "as FAULTS says"
    sides = [
        (fault.min_value, "<=" if fault.strict_min else "<"),
        (fault.max_value, ">=" if fault.strict_max else ">"),
    ]
    outside = []
    for bound, sign in sides:
        if bound is not None:
            left, right = comparable(bound, column)
            outside.append(Sql(f"coalesce({left} {sign} {right}, true)", (bound,)))
    return joined(outside, " OR ")


def _not_in(relation: Relation, question: Faulty) -> Sql:
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, NotIn), "as FAULTS says"
    values = tuple(_members(fault.values, column))
    if not values:
        return Sql("true")
    if column.kind in (Kind.TEXT, Kind.OTHER):
        left, rights = text_of(column), ["CAST(? AS VARCHAR)"] * len(values)
    else:
        left = comparable(values[0], column)[0]
        rights = [comparable(value, column)[1] for value in values]
    return Sql(f"NOT coalesce({left} IN ({', '.join(rights)}), false)", values)


def _members(values: tuple[Value, ...], column: Column) -> Iterator[Value]:
    """Those values of a set that a value of the column's kind can be equal to."""
    for value in values:
        if value is None:
            continue
        if column.kind is Kind.OTHER:
            yield from {str(value), json.dumps(value, ensure_ascii=False)}
        elif isinstance(value, str):
            if column.kind in (Kind.TEXT, Kind.MOMENT):
                yield value
        elif column.kind in (Kind.NUMBER, Kind.BOOLEAN):
            yield int(value) if value == value // 1 else value


def _unmatched(relation: Relation, question: Faulty) -> Sql:
    return patterns.unmatched(relation, question)


FAULTS: Mapping[type[Any], Callable[[Relation, Faulty], Sql]] = {
    NotIn: _not_in,
    Outside: _outside,
    Repeated: _repeated,
    Unmatched: _unmatched,
}
