"""The subject of a data case: all questions planned and answered at once, then judged one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from msgspec import Struct

from smokealarm.data.engine import connected
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judge import no_column
from smokealarm.data.questions import Question, RowCount
from smokealarm.data.source import Source, Unreadable, inspect
from smokealarm.data.table import read
from smokealarm.errors import FatalError, FatalErrors, Inconclusive
from smokealarm.finding import Finding
from smokealarm.stage import Ask, Subject

Checks = Mapping[str, Callable[..., Expectation]]


class Planned(Struct, frozen=True):
    """A line of the configuration, understood."""

    ask: Ask
    expectation: Expectation


class Answered:
    """A table that has answered all questions of its case."""

    def __init__(self, answers: Answers, planned: Sequence[Planned]) -> None:
        self.answers = answers
        self.planned = planned

    def ask(self, ask: Ask) -> Iterator[Finding]:
        expectation = next(known.expectation for known in self.planned if known.ask == ask)
        for column in columns_of(expectation.questions):
            if column not in self.answers.columns:
                yield no_column(column, self.answers)
                return
        try:
            yield from expectation.judge(self.answers)
        except FatalError as error:  # an option that only the table showed to be wrong
            raise FatalError(error.message, error.remedy, ask.place) from None


class Broken:
    """A file that is not the table it should be: told once, and again to a louder check."""

    def __init__(self, unreadable: Unreadable) -> None:
        self.unreadable = unreadable
        self.told = -1  # how loudly

    def ask(self, ask: Ask) -> Iterator[Finding]:
        if self.told >= ask.level.loudness:
            raise Inconclusive(
                "the table could not be read", "The first check of this case says what to mend."
            )
        self.told = ask.level.loudness
        yield Finding(message=self.unreadable.message, remedy=self.unreadable.remedy)


def planned(asks: Sequence[Ask], checks: Checks) -> tuple[Planned, ...]:
    """Every ask with its expectation. Raises all that is wrong with the options, at once."""
    understood, errors = [], []
    for ask in asks:
        try:
            understood.append(Planned(ask, checks[ask.check](**ask.options)))
        except FatalError as error:
            errors.append(FatalError(error.message, error.remedy, ask.place))
    if errors:
        raise FatalErrors(errors)
    return tuple(understood)


@contextmanager
def answered(source: Source, planned: Sequence[Planned]) -> Iterator[Subject]:
    """The subject, with its table open for as long as examples may be asked for."""
    with connected() as connection:
        questions = [question for known in planned for question in known.expectation.questions]
        try:
            inspect(source)
            subject: Subject = Answered(read(connection, source, questions), planned)
        except Unreadable as unreadable:
            subject = Broken(unreadable)
        yield subject


def columns_of(questions: Sequence[Question]) -> list[str]:
    return [question.column for question in questions if not isinstance(question, RowCount)]
