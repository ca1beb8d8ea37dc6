"""What one scan of one column can answer: aggregates over its values, or over their counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from smokealarm.data.duck import sets
from smokealarm.data.duck.faults import condition, needs_counts, prefers_counts
from smokealarm.data.duck.numbers import number
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import missing
from smokealarm.data.questions import AgainstSet, Faulty, Number, Question, Tally, Unordered


class Aggregate(Struct, frozen=True, kw_only=True):
    """One number of a scan. Of a distinct value `v`, `n` is the number of its rows.

    - `of_rows`: SQL over `v`, one per row; None where only the counts of the values can tell
    - `of_counts`: SQL over `v` and `n`, one pair per distinct value; None where only rows can tell
    - `whole`: what makes one number of those of several parts of the distinct values; it is asked
      where only counts can tell
    """

    of_rows: Sql | None
    of_counts: Sql | None
    whole: Callable[[Sequence[Any]], Any] = sum


class Measured(Struct, frozen=True, kw_only=True):
    """A question that a scan can answer: from which aggregates, and how the answer is made of them."""

    question: Question[Any]
    aggregates: tuple[Aggregate, ...]
    answer: Callable[[Sequence[Any]], Any]
    prefers_counts: bool = False


def measured(relation: Relation, question: Question[Any]) -> Measured | None:
    """The question as aggregates, or None where it needs a query of its own."""
    if isinstance(question, Faulty) and not isinstance(question.fault, Unordered):
        return _tally(relation, question)
    if isinstance(question, Number):
        return _number(relation, question)
    if isinstance(question, AgainstSet):
        return _against_set(relation, question)
    return None


def _tally(relation: Relation, question: Faulty) -> Measured:
    column = relation.columns[question.column]
    conditions = (Sql("true"), Sql(missing("v", column)), condition(relation, question))
    rows_can_tell = not needs_counts(question.fault)
    return Measured(
        question=question,
        aggregates=tuple(_count(one, rows_can_tell) for one in conditions),
        answer=lambda found: Tally(*map(int, found)),
        prefers_counts=prefers_counts(relation, question),
    )


def _count(condition: Sql, rows_can_tell: bool) -> Aggregate:
    text, values = condition
    return Aggregate(
        of_rows=Sql(f"count(*) FILTER ({text})", values) if rows_can_tell else None,
        of_counts=Sql(f"coalesce(sum(n) FILTER ({text}), 0)", values),
    )


def _number(relation: Relation, question: Number) -> Measured:
    pairs, answer = number(question.statistic, relation.columns[question.column])
    return Measured(
        question=question,
        aggregates=tuple(Aggregate(of_rows=rows, of_counts=counts) for rows, counts in pairs),
        answer=answer,
        prefers_counts=any(rows is None for rows, _ in pairs),
    )


def _against_set(relation: Relation, question: AgainstSet) -> Measured:
    column = relation.columns[question.column]
    return Measured(
        question=question,
        aggregates=tuple(
            Aggregate(of_rows=None, of_counts=sql, whole=whole)
            for sql, whole in sets.aggregates(relation, question)
        ),
        answer=lambda found: sets.difference(column, question, found),
        prefers_counts=True,
    )
