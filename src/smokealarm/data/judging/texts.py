"""What the checks of texts share: texts that obey patterns, and columns that hold no texts."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.columns import Kind
from smokealarm.data.expectation import Answers, Expectation, Seen
from smokealarm.data.judging.rows import few_rows, misfit
from smokealarm.data.questions import Faulty


def few_texts(question: Faulty, mostly: float, wrong: str, remedy: str) -> Expectation:
    """True when at least the share `mostly` of the texts is without the fault."""
    expectation = few_rows(question, mostly, wrong, remedy)

    def judge(answers: Answers) -> Iterator[Seen]:
        column, tally = answers.columns[question.column], answers.of(question)
        if column.kind is not Kind.TEXT and tally.missing < tally.rows:
            yield misfit(column, "only texts can be judged so")
        else:
            yield from expectation.judge(answers)

    return Expectation(questions=expectation.questions, judge=judge)
