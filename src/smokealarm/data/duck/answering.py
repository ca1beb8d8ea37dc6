"""All questions about one table, answered: scans where they do, queries of their own for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from smokealarm.data.duck import (
    arrays,
    crossed,
    distributions,
    drift,
    every_row,
    facts,
    newest,
    order,
    record_rows,
    scans,
    selected,
    similar,
    texts,
    twins,
)
from smokealarm.data.duck.measures import measured
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.wide import narrowed
from smokealarm.data.questions import (
    Commonest,
    Counts,
    Crossed,
    Faulty,
    FaultyRecord,
    Histogram,
    Ordered,
    Quantiles,
    Question,
    RowCount,
    Selected,
)
from smokealarm.data.questions.arrays import ArrayNames, FaultyElements, Layouts
from smokealarm.data.questions.comparisons import (
    Facts,
    Newest,
    PairedColumns,
    RepeatedRows,
    Sample,
    SharedRows,
    SimilarTexts,
)
from smokealarm.data.questions.images import Records
from smokealarm.data.questions.texts import SharedStart, SizeQuantile
from smokealarm.data.sources.source import Unreadable
from smokealarm.errors import FatalError, Inconclusive

Answer = Callable[[Relation, Any], Any]


def _row_count(relation: Relation, question: RowCount) -> int:
    rows = relation.rows(question.where)
    [(count,)] = relation.ask(rows._replace(text=f"SELECT count(*) FROM {rows.text}"))
    return int(count)


ALONE: Mapping[type[Question[Any]], Answer] = {
    ArrayNames: arrays.names,
    Commonest: distributions.commonest,
    Counts: distributions.counts,
    Crossed: crossed.crossed,
    Facts: facts.facts,
    Faulty: order.tally,
    FaultyRecord: record_rows.tally,
    FaultyElements: arrays.elements,
    Histogram: distributions.histogram,
    Layouts: arrays.layouts,
    Newest: newest.newest,
    Ordered: distributions.ordered,
    PairedColumns: drift.paired,
    Quantiles: distributions.quantiles,
    Records: every_row.records,
    RepeatedRows: twins.repeated,
    RowCount: _row_count,
    Sample: facts.sample,
    Selected: selected.selected,
    SharedRows: twins.shared,
    SimilarTexts: similar.similar,
    SizeQuantile: texts.quantile,
    SharedStart: texts.start,
}


def answered(relation: Relation, questions: Iterable[Question[Any]]) -> dict[Question[Any], Any]:
    """Every question with its answer, or with the Inconclusive that says why there is none.

    A question about a column that is not there stays unanswered: its check says so.
    """
    known = [
        question
        for question in dict.fromkeys(questions)
        if all(column in relation.columns for column in question.columns)
    ]
    answers: dict[Question[Any], Any] = {}
    for narrow, mine in narrowed(relation, known):
        answers.update(_answered(narrow, mine))
    return answers


def _answered(relation: Relation, questions: Iterable[Question[Any]]) -> dict[Question[Any], Any]:
    answers: dict[Question[Any], Any] = {}
    shared = []
    for question in questions:
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
    except (FatalError, Inconclusive, Unreadable) as doubt:  # of this question only
        return doubt
