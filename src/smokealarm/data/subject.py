"""The subject of a data case: all questions planned and answered at once, then judged one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from smokealarm.data.duck.connection import connected
from smokealarm.data.duck.table import Tables
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judge import no_column
from smokealarm.data.sources.source import Source, Unreadable, source_of
from smokealarm.errors import FatalError, FatalErrors, Inconclusive
from smokealarm.finding import Finding
from smokealarm.stage import Ask, Sight, Subject

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

    def ask(self, ask: Ask) -> Iterator[Sight]:
        expectation = next(known.expectation for known in self.planned if known.ask == ask)
        try:
            for question in expectation.questions:
                answers = self.answers.at(question.table)
                for column in question.columns:
                    if column not in answers.columns:
                        yield no_column(column, answers)
                        return
            yield from expectation.judge(self.answers)
        except Unreadable as unreadable:  # a table beside the case's own
            yield Finding(message=unreadable.message, remedy=unreadable.remedy)
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
def answered(source: Source, planned: Sequence[Planned], root: Path) -> Iterator[Subject]:
    """The subject, with its tables open for as long as examples may be asked for."""
    questions = [question for known in planned for question in known.expectation.questions]
    with connected() as connection:
        tables = Tables(connection, questions)
        tables.open("", source)
        for name, known in _beside(planned).items():
            tables.open(name, source_of(name, root, known.ask.place))
        tables.answer()
        try:
            subject: Subject = Answered(tables[""], planned)
        except Unreadable as unreadable:
            subject = Broken(unreadable)
        yield subject


def _beside(planned: Sequence[Planned]) -> dict[str, Planned]:
    """The tables beside the case's own, each with the first line that names it."""
    found: dict[str, Planned] = {}
    for known in planned:
        for question in known.expectation.questions:
            for table in question.tables:
                if table:
                    found.setdefault(table, known)
    return found
