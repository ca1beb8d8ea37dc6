"""A column's distinct values beside a set, from the counts that other questions share."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from typing import Any

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.faults import condition
from smokealarm.data.duck.numbers import plain, told
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import missing
from smokealarm.data.questions import AgainstSet, Faulty, NotIn, SetDifference, Value
from smokealarm.data.values.moments import nanoseconds

SHOWN = 20  # as many as great_expectations lists


def strange(relation: Relation, question: AgainstSet) -> Sql:
    """What is true of a value `v` that is there and not in the set."""
    fault = Faulty(question.column, NotIn(question.values), where=question.where)
    return condition(relation, fault)


def aggregates(relation: Relation, question: AgainstSet) -> tuple[Sql, ...]:
    """How many strangers, the smallest of them, and the members of the set that are there."""
    column, (text, values) = relation.columns[question.column], strange(relation, question)
    value = told("v", column)
    member = f"NOT ({text}) AND NOT {missing('v', column)}"
    return (
        Sql(f"count(*) FILTER ({text})", values),
        Sql(f"min({value}, {SHOWN}) FILTER ({text})", values),
        Sql(f"list({value}) FILTER ({member})", values),
    )


def difference(column: Column, question: AgainstSet, found: Sequence[Any]) -> SetDifference:
    """The answer from those three."""
    strangers, first, members = found
    there = {alike(plain(value), column) for value in members or ()}
    wanted = [value for value in dict.fromkeys(question.values) if value is not None]
    absent = [value for value in wanted if not there & spellings(value, column)]
    return SetDifference(int(strangers), tuple(map(plain, first or ())), tuple(absent))


def spellings(value: Value, column: Column) -> set[Hashable]:
    """What a member of a set may look like in the column."""
    if column.kind is Kind.OTHER:
        return {str(value), json.dumps(value, ensure_ascii=False)}
    return {alike(value, column)}


def alike(value: Value, column: Column) -> Hashable:
    """Equal for values that are the same: 1, 1.0 and true; a day and its midnight."""
    if column.kind is Kind.MOMENT and isinstance(value, str):
        return nanoseconds(value)
    return value
