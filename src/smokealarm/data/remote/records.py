"""The faults of several values of one row, as expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from itertools import combinations
from operator import add, and_, or_
from typing import Any

import ibis

from smokealarm.data.columns import Kind, family
from smokealarm.data.questions import (
    FaultyRecord,
    NotAbove,
    NotPaired,
    RecordRepeated,
    RepeatedWithin,
    SumIsNot,
    Tally,
    Unequal,
)
from smokealarm.data.remote.conditions import certainly
from smokealarm.data.remote.relation import Relation, both
from smokealarm.data.remote.requests import Asking, OfGroups, Scalar
from smokealarm.data.remote.values import comparable


def tally(relation: Relation, question: FaultyRecord) -> Asking[Tally]:
    """How many rows have the fault; the ignored ones count as missing."""
    where, judged = relation.rows(question.where), considered(relation, question)
    if isinstance(question.fault, RecordRepeated):
        rows, there, groups = yield [
            Scalar(relation.count(where)),
            Scalar(relation.count(where, judged)),
            OfGroups(question.names, both(where, judged)),
        ]
        return Tally(int(rows), int(rows) - int(there), groups.repeated)
    rows, there, faulty = yield [
        Scalar(relation.count(where)),
        Scalar(relation.count(where, judged)),
        Scalar(relation.count(where, judged, condition(relation, question))),
    ]
    return Tally(int(rows), int(rows) - int(there), int(faulty))


def considered(relation: Relation, question: FaultyRecord) -> Any:
    """What is true of a row that is judged; None for every row."""
    there = [relation.value(name).notnull() for name in question.names]
    if question.ignore in ("both_values_are_missing", "all_values_are_missing"):
        return reduce(or_, there)
    if question.ignore in ("either_value_is_missing", "any_value_is_missing"):
        return reduce(and_, there)
    return None


def condition(relation: Relation, question: FaultyRecord) -> Any:
    """What is true of a row with the fault."""
    return FAULTS[type(question.fault)](relation, question)


def _equal(relation: Relation, one: str, other: str) -> Any:
    """Whether two values of a row are the same: of two kinds they are not, and NULL is like nothing."""
    if _family(relation, one) != _family(relation, other):
        return ibis.literal(False)
    return certainly(_plain(relation, one) == _plain(relation, other))


def _same(relation: Relation, one: str, other: str) -> Any:
    """The same, but two missing values are equal."""
    neither = relation.value(one).isnull() & relation.value(other).isnull()
    return _equal(relation, one, other) | neither


def _unequal(relation: Relation, question: FaultyRecord) -> Any:
    fault, (first, *others) = question.fault, question.names
    assert isinstance(fault, Unequal), "as FAULTS says"
    same = _same if fault.missing_are_equal else _equal
    return reduce(or_, (~same(relation, first, other) for other in others), ibis.literal(False))


def _not_above(relation: Relation, question: FaultyRecord) -> Any:
    fault, (one, other) = question.fault, question.names
    assert isinstance(fault, NotAbove), "as FAULTS says"
    if _family(relation, one) != _family(relation, other):
        return ibis.literal(True)
    left, right = _plain(relation, one), _plain(relation, other)
    return ~certainly(left >= right if fault.or_equal else left > right)


def _not_paired(relation: Relation, question: FaultyRecord) -> Any:
    assert isinstance(question.fault, NotPaired), "as FAULTS says"
    one, other = question.names
    pairs = (
        _is(relation, one, first) & _is(relation, other, second)
        for first, second in question.fault.pairs
    )
    return ~reduce(or_, pairs, ibis.literal(False))


def _is(relation: Relation, name: str, wanted: Any) -> Any:
    value = relation.value(name)
    if wanted is None:
        return value.isnull()
    sides = comparable(value, relation.columns[name], wanted)
    return certainly(sides[0] == sides[1]) if sides else ibis.literal(False)


def _sum_is_not(relation: Relation, question: FaultyRecord) -> Any:
    assert isinstance(question.fault, SumIsNot), "as FAULTS says"
    if any(_family(relation, name) is not Kind.NUMBER for name in question.names):
        return ibis.literal(True)
    floats = any(relation.columns[name].type in ("FLOAT", "DOUBLE") for name in question.names)
    total = reduce(add, (_summand(relation, name, floats) for name in question.names))
    return ~certainly(total == ibis.literal(float(question.fault.total), "float64"))


def _summand(relation: Relation, name: str, floats: bool) -> Any:
    """Wide enough for the sum; decimals add up exactly where no float is among them."""
    value = _plain(relation, name)
    if floats:
        return value.cast("float64")
    return value if relation.columns[name].type.startswith("DECIMAL") else value.cast("int64")


def _repeated_within(relation: Relation, question: FaultyRecord) -> Any:
    return reduce(or_, _twins(relation, question), ibis.literal(False))


def _twins(relation: Relation, question: FaultyRecord) -> Iterator[Any]:
    for one, other in combinations(question.names, 2):
        yield _same(relation, one, other)


def _family(relation: Relation, name: str) -> object:
    return family(relation.columns[name])


def _plain(relation: Relation, name: str) -> Any:
    value, column = relation.plain(name), relation.columns[name]
    return value.cast("int32") if column.kind is Kind.BOOLEAN else value


FAULTS: Mapping[type[Any], Callable[[Relation, FaultyRecord], Any]] = {
    NotAbove: _not_above,
    NotPaired: _not_paired,
    RepeatedWithin: _repeated_within,
    SumIsNot: _sum_is_not,
    Unequal: _unequal,
}
