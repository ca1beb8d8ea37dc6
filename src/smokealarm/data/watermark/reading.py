"""A case with a watermark: find what is new, judge it, and remember it once there is a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import no_column
from smokealarm.data.planning import Planned
from smokealarm.data.questions import Number
from smokealarm.data.subject import Answered, Open
from smokealarm.data.watermark import state
from smokealarm.data.watermark.narrowing import narrowed
from smokealarm.data.watermark.watermark import Mark, Watermark, check, is_above, unread
from smokealarm.errors import FatalError, Inconclusive, Place
from smokealarm.finding import Finding, Level
from smokealarm.stage import Ask, Case, Sight, Subject
from smokealarm.workspace import Workspace


@contextmanager
def answered(
    open_table: Open, planned: Sequence[Planned], watermark: Watermark, case: Case, space: Workspace
) -> Iterator[Subject]:
    """The subject, about what is new. The mark moves when every check has judged, and not before."""
    place = case.places.get("watermark", case.place)
    table = str(case.settings.get("table", ""))
    check(watermark, place)
    path = state.path_of(watermark.state, space.root, place)
    last = state.remembered(state.read(path, place), case.name, table, watermark.column)
    newest = _newest(open_table, watermark, last, place)
    try:
        condition = unread(watermark, last, newest)
    except FatalError as error:
        raise FatalError(error.message, error.remedy, place) from None
    space.tell(_told(case, watermark, last, newest))
    about = [narrowed(one, condition) for one in planned] if condition else list(planned)
    with open_table(about) as opened:
        subject = Watched(opened, [ask for ask in case.asks if not ask.skip])
        yield subject
    if newest is not None and subject.has_judged(watermark):
        reached = state.Reached(table=table, column=watermark.column, value=newest)
        state.remember(path, case.name, reached, place)


def _newest(open_table: Open, watermark: Watermark, last: Mark | None, place: Place) -> Mark | None:
    """The column's highest value. Raises Inconclusive where it lies below the last one."""
    question = Number(column=watermark.column, statistic="max")
    ask = Ask(check="watermark", place=place)
    with open_table([Planned(ask, Expectation(judge=_nothing, questions=(question,)))]) as subject:
        if not isinstance(subject, Answered):  # the file is broken, as its checks will say
            return None
        if watermark.column not in subject.answers.columns:
            missing = no_column(watermark.column, subject.answers)
            raise FatalError(f"`watermark`: {missing.message}", missing.remedy, place)
        newest = subject.answers.of(question)
    if newest is None or isinstance(newest, bool):
        return None
    if last is not None and is_above(last, newest):
        raise Inconclusive(
            f"{watermark.column} was read up to {last}, and its highest value is {newest} now: rows "
            "were taken away, or the table is another one",
            f"If that is right, delete the case's entry in {watermark.state} to read all of it.",
            place,
        )
    return newest


def _nothing(answers: Answers) -> Iterator[Finding]:
    return iter(())


def _told(case: Case, watermark: Watermark, last: Mark | None, newest: Mark | None) -> str:
    since = "for the first time, so all of it" if last is None else f"what came after {last}"
    return f"data: {case.name}: reading {since}, up to {watermark.column} {newest}"


class Watched:
    """A subject, and what came of its checks."""

    def __init__(self, subject: Subject, asks: Sequence[Ask]) -> None:
        self._subject = subject
        self._open = list(asks)
        self._alarmed = False

    def ask(self, ask: Ask) -> Iterator[Sight]:
        for sight in self._subject.ask(ask):
            failure = isinstance(sight, Finding) and sight.level is Level.FAILURE
            self._alarmed |= failure and ask.level is Level.FAILURE
            yield sight
        self._open.remove(ask)

    def has_judged(self, watermark: Watermark) -> bool:
        """Whether every check came to a verdict, one after which the mark may move."""
        return not self._open and (watermark.advance == "alarm" or not self._alarmed)
