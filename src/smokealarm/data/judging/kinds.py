"""The judges of rows with a fault that makes sense only in a column of a kind."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.columns import Kind
from smokealarm.data.expectation import Answers, Expectation, Seen
from smokealarm.data.judging.rows import few_rows, misfit
from smokealarm.data.options import check_moment
from smokealarm.data.questions import Faulty, In, NotIn


def few_texts(
    question: Faulty, mostly: float, wrong: str, remedy: str, need: str, well: Kind | None = None
) -> Expectation:
    """As few_rows, of a column of texts. One that holds something else is a failure that says `need`.

    `well` is a kind of column that is right whatever its values.
    """
    expectation = few_rows(question, mostly, wrong, remedy)

    def judge(answers: Answers) -> Iterator[Seen]:
        column, tally = answers.columns[question.column], answers.of(question)
        if column.kind in (Kind.TEXT, Kind.OTHER):
            yield from expectation.judge(answers)
        elif column.kind is not well and tally.missing < tally.rows:
            yield misfit(column, need)

    return Expectation(questions=expectation.questions, judge=judge)


def few_numbers(question: Faulty, mostly: float, wrong: str, remedy: str) -> Expectation:
    """As few_rows, of a column of numbers or dates. Any other has no mean and no quartiles."""
    expectation = few_rows(question, mostly, wrong, remedy)

    def judge(answers: Answers) -> Iterator[Seen]:
        column, tally = answers.columns[question.column], answers.of(question)
        if column.kind not in (Kind.TEXT, Kind.OTHER):
            yield from expectation.judge(answers)
        elif tally.missing < tally.rows:
            yield misfit(column, "only numbers and dates lie far from others")

    return Expectation(questions=expectation.questions, judge=judge)


def few_members(question: Faulty, mostly: float, wrong: str, remedy: str) -> Expectation:
    """As few_rows, of a set. Raises FatalError where the column holds dates and a member is none."""
    expectation = few_rows(question, mostly, wrong, remedy)
    assert isinstance(question.fault, (In, NotIn)), "only sets have members"
    members = question.fault.values

    def judge(answers: Answers) -> Iterator[Seen]:
        if answers.columns[question.column].kind is Kind.MOMENT:
            for member in members:
                check_moment(member)
        yield from expectation.judge(answers)

    return Expectation(questions=expectation.questions, judge=judge)
