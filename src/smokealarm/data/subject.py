"""The subject of a data case: all questions planned and answered at once, then judged one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from smokealarm.data.conditions.fit import refuse_misfit
from smokealarm.data.duck.connection import connected
from smokealarm.data.duck.table import Tables
from smokealarm.data.expectation import Answers, Seen
from smokealarm.data.judging.rows import no_column
from smokealarm.data.planning import Planned, beside, together
from smokealarm.data.sources.source import Source, Unreadable, source_of
from smokealarm.errors import FatalError, Inconclusive, Place
from smokealarm.finding import Finding
from smokealarm.stage import Ask, Sight, Subject

# What opens the case's table, wherever it is, and has it answer.
Open = Callable[[Sequence[Planned]], AbstractContextManager[Subject]]


class Answered:
    """A table that has answered all questions of its case."""

    def __init__(self, answers: Answers, planned: Sequence[Planned]) -> None:
        self.answers = answers
        self.planned = planned
        self._at: dict[Place, list[Planned]] = {}
        for known in planned:
            self._at.setdefault(known.ask.place, []).append(known)

    def ask(self, ask: Ask) -> Iterator[Sight]:
        mine = [known for known in self._at.get(ask.place, ()) if known.ask == ask]
        doubts: list[Inconclusive] = []
        for known in mine:
            try:
                yield from (known.placed(seen) for seen in self._judged(known))
            except Inconclusive as doubt:  # of one expectation of a suite; the others may tell
                doubts.append(Inconclusive(doubt.message, doubt.remedy, doubt.place or known.at))
        if doubts:
            raise together(doubts, len(mine))

    def _judged(self, known: Planned) -> Iterator[Seen]:
        expectation = known.expectation
        try:
            for question in expectation.questions:
                answers = self.answers.at(question.table)
                for column in question.columns:
                    if column not in answers.columns:
                        yield no_column(column, answers)
                        return
                refuse_misfit(question.where, answers.columns)
            yield from expectation.judge(self.answers)
        except Unreadable as unreadable:  # a table beside the case's own
            yield Finding(message=unreadable.message, remedy=unreadable.remedy)
        except FatalError as error:  # an option that only the table showed to be wrong
            raise FatalError(error.message, error.remedy, known.at) from None


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


@contextmanager
def answered(
    source: Source,
    planned: Sequence[Planned],
    root: Path,
    memory: str = "",
    outside: bool = False,
) -> Iterator[Subject]:
    """The subject, with its tables open for as long as examples may be asked for."""
    questions = [question for known in planned for question in known.expectation.questions]
    with connected(memory) as connection:
        tables = Tables(connection, questions, root)
        tables.open("", source)
        for name, known in beside(planned).items():
            tables.open(name, source_of(name, root, known.at, outside))
        tables.answer()
        try:
            subject: Subject = Answered(tables[""], planned)
        except Unreadable as unreadable:
            subject = Broken(unreadable)
        yield subject
