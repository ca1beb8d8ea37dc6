"""The faults of one value as expressions: what the engine can judge, and what Python judges by itself."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import ibis

from smokealarm.data.columns import Column, Kind
from smokealarm.data.questions import (
    Afar,
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
    Tally,
    Unordered,
    Value,
)
from smokealarm.data.remote import failures, patterns, spread
from smokealarm.data.remote.judged import Judged, by_python, seen
from smokealarm.data.remote.relation import Relation, both
from smokealarm.data.remote.requests import Asking, OfGroups, Scalar, grouped
from smokealarm.data.remote.values import comparable, text
from smokealarm.loading import load

READABLE = ("VARCHAR", "BLOB")


def tally(relation: Relation, question: Faulty) -> Asking[Tally]:
    """How many rows have the fault. All questions that need no Python travel in one query."""
    value, where = relation.value(question.column), relation.rows(question.where)
    if isinstance(question.fault, Repeated):
        rows, missing, groups = yield [
            Scalar(relation.count(where)),
            Scalar(relation.count(where, value.isnull())),
            OfGroups((question.column,), both(where, value.notnull())),
        ]
        return Tally(int(rows), int(missing), groups.repeated)
    fault = yield from judged(relation, question)
    faulty = ibis.literal(False) if fault.condition is None else fault.condition
    rows, missing, found = yield [
        Scalar(relation.count(where)),
        Scalar(relation.count(where, value.isnull())),
        Scalar(relation.count(where, faulty)),
    ]
    by_hand = sum(count for _, count in fault.values)
    return Tally(int(rows), int(missing), int(found) + by_hand)


def judged(relation: Relation, question: Faulty) -> Asking[Judged]:
    """What has the fault. Missing values have no fault but being missing."""
    value, column = relation.value(question.column), relation.columns[question.column]
    if isinstance(question.fault, Missing):
        return Judged(value.isnull())
    if isinstance(question.fault, Present):
        return Judged(value.notnull())
    _refuse_collation(relation, column, question)
    fault = yield from FAULTS[type(question.fault)](relation, question)
    if fault.condition is None:
        return fault
    return fault._replace(condition=value.notnull() & fault.condition)


def _refuse_collation(relation: Relation, column: Column, question: Faulty) -> None:
    """MySQL and SQL Server find `a` equal to `A`: no answer is better than a wrong one."""
    if column.kind is Kind.TEXT and relation.engine.name in ("mysql", "mssql", "singlestoredb"):
        raise failures.unknown(
            relation.engine.name, "texts: it compares them without regard to case"
        )


class _Side(NamedTuple):
    bound: Any
    compare: Callable[[Any, Any], Any]


def _sides(fault: Outside | LengthOutside) -> Iterator[_Side]:
    """Each bound that there is, with the comparison of a value outside of it."""
    if fault.min_value is not None:
        yield _Side(fault.min_value, operator.le if fault.strict_min else operator.lt)
    if fault.max_value is not None:
        yield _Side(fault.max_value, operator.ge if fault.strict_max else operator.gt)


def _outside(relation: Relation, question: Faulty) -> Asking[Judged]:
    """A value that does not compare with the bound lies outside: it is never quietly right."""
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, Outside), "as FAULTS says"
    outside = []
    for bound, compare in _sides(fault):
        sides = comparable(relation.value(question.column), column, bound)
        outside.append(compare(*sides) if sides else ibis.literal(True))
    return Judged(reduce(operator.or_, outside, ibis.literal(False)))
    yield ()  # a generator without requests


def _length_outside(relation: Relation, question: Faulty) -> Asking[Judged]:
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, LengthOutside), "as FAULTS says"
    sides = list(_sides(fault))
    if column.kind is Kind.TEXT or column.type.endswith("]"):
        length: Any = relation.value(question.column).length()
        outside = [compare(length, _whole(bound)) for bound, compare in sides]
        return Judged(reduce(operator.or_, outside, ibis.literal(False)))
    return (
        yield from by_python(
            relation,
            question,
            lambda value: any(compare(len(seen(value)), bound) for bound, compare in sides),
        )
    )


def _whole(bound: int | float) -> int | float:
    return int(bound) if bound == bound // 1 else bound


def _in(relation: Relation, question: Faulty) -> Asking[Judged]:
    assert isinstance(question.fault, In), "as FAULTS says"
    return (yield from _among(relation, question, question.fault.values, True))


def _not_in(relation: Relation, question: Faulty) -> Asking[Judged]:
    assert isinstance(question.fault, NotIn), "as FAULTS says"
    return (yield from _among(relation, question, question.fault.values, False))


def _among(
    relation: Relation, question: Faulty, values: tuple[Value, ...], wrong: bool
) -> Asking[Judged]:
    """The values that are among these, or that are not."""
    column = relation.columns[question.column]
    if column.kind is Kind.OTHER:
        written = {text(value) for value in values if value is not None}
        written |= {json.dumps(value, ensure_ascii=False) for value in values if value is not None}
        return (
            yield from by_python(
                relation, question, lambda value: (text(value) in written) is wrong
            )
        )
    among = is_among(relation, question.column, values)
    return Judged(among if wrong else ~among)


def is_among(relation: Relation, name: str, values: Sequence[Value]) -> Any:
    """What is true of a value that is one of these. One IN for each way to compare."""
    value, column = relation.value(name), relation.columns[name]
    sides = [comparable(value, column, each) for each in values if each is not None]
    ways: dict[object, tuple[Any, list[Any]]] = {}
    for left, right in filter(None, sides):
        ways.setdefault(left.op(), (left, []))[1].append(right)
    among = [left.isin(rights) for left, rights in ways.values()]
    return reduce(operator.or_, among, ibis.literal(False))


def _repeated(relation: Relation, question: Faulty) -> Asking[Judged]:
    """For examples only: the tally counts groups."""
    value, where = relation.value(question.column), relation.rows(question.where)
    groups = grouped(relation, (question.column,), both(where, value.notnull()))
    several = groups.filter(groups["n"] > 1)
    return Judged(relation.plain(question.column).isin(several["v0"]))
    yield ()  # a generator without requests


def _unordered(relation: Relation, question: Faulty) -> Asking[Judged]:
    raise failures.no_order(relation.engine.name)
    yield ()  # a generator without requests


def _refused(relation: Relation, question: Faulty) -> Asking[Judged]:
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, Refused), "as FAULTS says"
    if column.type not in READABLE:
        return Judged(ibis.literal(True))
    accepts = load("data.values.readers").READERS[fault.reader](fault.argument)
    return (yield from by_python(relation, question, lambda value: not accepts(value)))


FAULTS: Mapping[type[Any], Callable[[Relation, Faulty], Asking[Judged]]] = {
    Afar: spread.afar,
    In: _in,
    LengthOutside: _length_outside,
    Mismatched: patterns.mismatched,
    NotIn: _not_in,
    Outlying: spread.outlying,
    Outside: _outside,
    Refused: _refused,
    Repeated: _repeated,
    Unordered: _unordered,
}
