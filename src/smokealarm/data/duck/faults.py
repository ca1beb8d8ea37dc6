"""The faults of one value in DuckDB's words: what is true of a value `v` that has it.

By counts, `n` is the number of rows that have the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck import patterns, readings, spread, texts
from smokealarm.data.duck.conditions import identical
from smokealarm.data.duck.distinct import repeats
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql, joined
from smokealarm.data.duck.values import comparable, missing, text_of
from smokealarm.data.questions import (
    Afar,
    Fault,
    Faulty,
    In,
    LengthOutside,
    Mismatched,
    Missing,
    NotIn,
    Outlying,
    Outside,
    Present,
    Refused,
    Repeated,
    SizeOutside,
    Value,
)

COSTLY = (In, NotIn, Mismatched)  # to ask of every row, where the column holds text


def needs_counts(fault: Fault) -> bool:
    """Whether only the counts of the distinct values can tell."""
    return isinstance(fault, Repeated)


def prefers_counts(relation: Relation, question: Faulty) -> bool:
    """Whether the answer is faster from the counts of the distinct values."""
    text = relation.columns[question.column].kind is Kind.TEXT
    costly = text and isinstance(question.fault, COSTLY)
    return needs_counts(question.fault) or (costly and repeats(relation, question.column))


def condition(relation: Relation, question: Faulty) -> Sql:
    """What is true of a value with the fault. Missing values have no fault but being missing."""
    column = relation.columns[question.column]
    if isinstance(question.fault, Missing):
        return Sql(missing("v", column))
    fault = FAULTS[type(question.fault)](relation, question)
    return Sql(f"NOT {missing('v', column)} AND ({fault.text})", fault.values)


def _present(relation: Relation, question: Faulty) -> Sql:
    return Sql("true")


def _repeated(relation: Relation, question: Faulty) -> Sql:
    return Sql("n > 1")


def _outside(relation: Relation, question: Faulty) -> Sql:
    """A value that does not compare with the bound lies outside: it is never quietly right."""
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, Outside), "as FAULTS says"
    outside = []
    for bound, sign in _sides(fault):
        left, right = comparable(bound, column)
        outside.append(Sql(f"coalesce({left} {sign} {right}, true)", (bound,)))
    return joined(outside, " OR ")


def _length_outside(relation: Relation, question: Faulty) -> Sql:
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, LengthOutside), "as FAULTS says"
    length = "len(v)" if column.type.endswith("]") else f"length({text_of(column)})"
    return joined((Sql(f"{length} {sign} ?", (bound,)) for bound, sign in _sides(fault)), " OR ")


def _sides(fault: Outside | LengthOutside) -> Iterator[tuple[Any, str]]:
    """Each bound that there is, with the sign of a value outside of it."""
    if fault.min_value is not None:
        yield fault.min_value, "<=" if fault.strict_min else "<"
    if fault.max_value is not None:
        yield fault.max_value, ">=" if fault.strict_max else ">"


def _in(relation: Relation, question: Faulty) -> Sql:
    assert isinstance(question.fault, In), "as FAULTS says"
    return _among(relation.columns[question.column], question.fault.values)


def _not_in(relation: Relation, question: Faulty) -> Sql:
    assert isinstance(question.fault, NotIn), "as FAULTS says"
    among = _among(relation.columns[question.column], question.fault.values)
    return Sql(f"NOT {among.text}", among.values)


def _among(column: Column, values: tuple[Value, ...]) -> Sql:
    if column.kind is Kind.OTHER:
        return identical("v", column, values)
    members = tuple(_members(values, column))
    if not members:
        return Sql("false")
    if column.kind is Kind.TEXT:
        left, rights = "CAST(v AS VARCHAR)", ["CAST(? AS VARCHAR)"] * len(members)
    else:
        left = comparable(members[0], column)[0]
        rights = [comparable(member, column)[1] for member in members]
    return Sql(f"coalesce({left} IN ({', '.join(rights)}), false)", members)


def _members(values: tuple[Value, ...], column: Column) -> Iterator[Value]:
    """Those values of a set that a value of the column's kind can be equal to."""
    for value in values:
        if value is None:
            continue
        if isinstance(value, str):
            if column.kind in (Kind.TEXT, Kind.MOMENT):
                yield value
        elif column.kind in (Kind.NUMBER, Kind.BOOLEAN):
            yield int(value) if value == value // 1 else value


FAULTS: Mapping[type[Any], Callable[[Relation, Faulty], Sql]] = {
    Afar: spread.afar,
    In: _in,
    LengthOutside: _length_outside,
    Mismatched: patterns.mismatched,
    NotIn: _not_in,
    Outlying: spread.outlying,
    Outside: _outside,
    Present: _present,
    Refused: readings.refused,
    Repeated: _repeated,
    SizeOutside: texts.size_outside,
}
