"""All questions about one table, answered: scans where they do, queries of their own for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from smokealarm.data.duck import scans
from smokealarm.data.duck.measures import measured
from smokealarm.data.duck.relation import Relation
from smokealarm.data.questions import Question, RowCount
from smokealarm.errors import Inconclusive

Answer = Callable[[Relation, Any], Any]


def _row_count(relation: Relation, question: RowCount) -> int:
    rows = relation.rows(question.where)
    [(count,)] = relation.ask(rows._replace(text=f"SELECT count(*) FROM {rows.text}"))
    return int(count)


ALONE: Mapping[type[Question[Any]], Answer] = {
    RowCount: _row_count,
}


def answered(relation: Relation, questions: Iterable[Question[Any]]) -> dict[Question[Any], Any]:
    """Every question with its answer, or with the Inconclusive that says why there is none.

    A question about a column that is not there stays unanswered: its check says so.
    """
    answers: dict[Question[Any], Any] = {}
    shared = []
    for question in dict.fromkeys(questions):
        if any(column not in relation.columns for column in question.columns):
            continue
        if one := measured(relation, question):
            shared.append(one)
        else:
            answers[question] = _alone(relation, question)
    for scan in scans.scans(shared):
        answers.update(scans.run(relation, scan))
    return answers


def _alone(relation: Relation, question: Question[Any]) -> Any:
    try:
        return ALONE[type(question)](relation, question)
    except Inconclusive as doubt:  # of this question only
        return doubt
