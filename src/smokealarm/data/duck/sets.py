"""A column's distinct values beside a set, from the counts that other questions share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from smokealarm.data.columns import Column
from smokealarm.data.duck.faults import condition
from smokealarm.data.duck.numbers import plain, told
from smokealarm.data.duck.parts import concatenated
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import missing
from smokealarm.data.questions import AgainstSet, Faulty, NotIn, SetDifference
from smokealarm.data.values import members as members_of
from smokealarm.data.values.members import SHOWN

Whole = Callable[[Sequence[Any]], Any]


def smallest(lists: Iterable[Sequence[Any] | None]) -> list[Any]:
    """Those that are shown."""
    return sorted(concatenated(lists))[:SHOWN]


def strange(relation: Relation, question: AgainstSet) -> Sql:
    """What is true of a value `v` that is there and not in the set."""
    fault = Faulty(question.column, NotIn(question.values), where=question.where)
    return condition(relation, fault)


def aggregates(relation: Relation, question: AgainstSet) -> tuple[tuple[Sql, Whole], ...]:
    """How many strangers, the smallest of them, and the members of the set that are there.

    Each with what makes it of the same from parts of the values.
    """
    column, (text, values) = relation.columns[question.column], strange(relation, question)
    value = told("v", column)
    member = f"NOT ({text}) AND NOT {missing('v', column)}"
    return (
        (Sql(f"count(*) FILTER ({text})", values), sum),
        (Sql(f"min({value}, {SHOWN}) FILTER ({text})", values), smallest),
        (Sql(f"list({value}) FILTER ({member})", values), concatenated),
    )


def difference(column: Column, question: AgainstSet, found: Sequence[Any]) -> SetDifference:
    """The answer from those three."""
    strangers, first, members = found
    return members_of.difference(
        column, question, int(strangers), map(plain, first or ()), map(plain, members or ())
    )
