"""Checks about some of the rows: every question about the case's own table gets one condition more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec import structs

from smokealarm.data.conditions.where import Condition, Every
from smokealarm.data.expectation import Answers, Expectation, Seen
from smokealarm.data.planning import Planned
from smokealarm.data.questions import Question
from smokealarm.data.relayed import Relayed

Q = TypeVar("Q", bound=Question[Any])


def narrowed(planned: Planned, unread: Condition) -> Planned:
    """The same line of the configuration, about the rows for which the condition holds."""
    expectation = planned.expectation

    def judge(answers: Answers) -> Iterable[Seen]:
        return expectation.judge(Relayed(answers, put=lambda question: _about(question, unread)))

    questions = tuple(_about(question, unread) for question in expectation.questions)
    return structs.replace(planned, expectation=Expectation(judge=judge, questions=questions))


def _about(question: Q, unread: Condition) -> Q:
    """A table beside the case's own, as the reference of a drift, is read whole."""
    if question.table:
        return question
    where = Every((unread, question.where)) if question.where else unread
    return structs.replace(question, where=where)
