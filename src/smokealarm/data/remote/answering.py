"""All questions about one table, answered side by side: what they need at the same time travels together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ibis.common.annotations import ValidationError
from ibis.common.exceptions import IbisError

from smokealarm.data.questions import (
    AgainstSet,
    Commonest,
    Counts,
    Crossed,
    Faulty,
    FaultyRecord,
    Histogram,
    Number,
    Ordered,
    Quantiles,
    Question,
    RowCount,
    Selected,
    Value,
)
from smokealarm.data.questions.comparisons import Newest, RepeatedRows, Twins
from smokealarm.data.remote import distributions, failures, faults, newest, numbers, records
from smokealarm.data.remote.fetching import fetched
from smokealarm.data.remote.relation import Relation
from smokealarm.data.remote.requests import Asking, OfGroups, Request, Scalar
from smokealarm.data.remote.values import plain
from smokealarm.errors import Inconclusive


def _row_count(relation: Relation, question: RowCount) -> Asking[int]:
    [count] = yield [Scalar(relation.count(relation.rows(question.where)))]
    return int(count)


def _repeated_rows(relation: Relation, question: RepeatedRows) -> Asking[Twins]:
    """How many rows are equal to another one of their group; which is the earlier, nobody knows."""
    names = tuple(question.meant(list(relation.columns)))
    rows = relation.rows(question.where)
    if question.digits:
        raise failures.unknown(relation.engine.name, "rows that are nearly equal")
    if not names:
        [count] = yield [Scalar(relation.count(rows))]
        return Twins(rows=int(count), again=0)
    [groups] = yield [OfGroups(names, rows)]
    return Twins(rows=groups.rows, again=groups.rows - groups.distinct, columns=names)


def _selected(relation: Relation, question: Selected) -> Asking[tuple[tuple[Value, ...], ...]]:
    """The query is the user's own, in the engine's own SQL: nothing is translated."""
    if question.where is not None:
        raise failures.unknown(relation.engine.name, "some of the rows that a query returns")
    found = relation.engine.sql(question.query, relation.address, question.limit)
    return tuple(tuple(map(plain, row)) for row in found)
    yield ()  # a generator without requests


ASKED: Mapping[type[Question[Any]], Callable[[Relation, Any], Asking[Any]]] = {
    AgainstSet: distributions.against_set,
    Commonest: distributions.commonest,
    Counts: distributions.counts,
    Crossed: distributions.crossed,
    Faulty: faults.tally,
    FaultyRecord: records.tally,
    Histogram: distributions.histogram,
    Newest: newest.newest,
    Number: numbers.number,
    Ordered: distributions.ordered,
    Quantiles: distributions.quantiles,
    RepeatedRows: _repeated_rows,
    RowCount: _row_count,
    Selected: _selected,
}

# What is told of questions that only files answer.
NOT_ASKED = {
    "ArrayNames": "arrays",
    "Facts": "what every column holds",
    "FaultyElements": "arrays",
    "Layouts": "arrays",
    "PairedColumns": "the columns of two tables",
    "Records": "images",
    "Sample": "a sample of its rows",
    "SharedRows": "the rows that two tables share",
    "SharedStart": "how texts begin",
    "SimilarTexts": "texts that are alike",
    "SizeQuantile": "the usual length of texts",
}


class _Open:
    """A question on its way, and what it waits for."""

    def __init__(self, asking: Asking[Any]) -> None:
        self.asking = asking
        self.waits: Sequence[Request] = ()
        self.answer: Any = None

    def advance(self, told: Sequence[Any] | None) -> bool:
        """Go on with what was asked for; whether there is more to ask."""
        try:
            doubt = next((each for each in told or () if isinstance(each, Inconclusive)), None)
            if doubt:
                self.asking.close()
                self.answer = doubt
                return False
            self.waits = next(self.asking) if told is None else self.asking.send(told)
            return True
        except StopIteration as end:
            self.answer = end.value
        except Inconclusive as doubt:  # of this question only
            self.answer = doubt
        except (IbisError, ValidationError) as error:
            self.answer = failures.not_spoken("the engine", str(error))
        return False


def answered(relation: Relation, questions: Iterable[Question[Any]]) -> dict[Question[Any], Any]:
    """Every question with its answer, or with the Inconclusive that says why there is none.

    A question about a column that is not there stays unanswered: its check says so.
    """
    answers: dict[Question[Any], Any] = {}
    going: dict[Question[Any], _Open] = {}
    for question in dict.fromkeys(questions):
        if any(column not in relation.columns for column in question.columns):
            continue
        if type(question) not in ASKED:
            name = type(question).__name__
            answers[question] = failures.unknown(relation.engine.name, NOT_ASKED.get(name, name))
            continue
        going[question] = _Open(ASKED[type(question)](relation, question))
    waiting = {question: one for question, one in going.items() if one.advance(None)}
    while waiting:
        found = fetched(relation, [need for one in waiting.values() for need in one.waits])
        waiting = {
            question: one
            for question, one in waiting.items()
            if one.advance([found[need.key] for need in one.waits])
        }
    return answers | {question: one.answer for question, one in going.items()}


def finished(relation: Relation, asking: Asking[Any]) -> Any:
    """One answer by itself. Raises the Inconclusive that says why there is none."""
    one = _Open(asking)
    going = one.advance(None)
    while going:
        found = fetched(relation, one.waits)
        going = one.advance([found[need.key] for need in one.waits])
    if isinstance(one.answer, Inconclusive):
        raise one.answer
    return one.answer
