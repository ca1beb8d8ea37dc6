"""Columns whose values are nobody's business: they are judged, and never shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import structs

from smokealarm.data.columns import did_you_mean, listed
from smokealarm.data.expectation import Answers, Seen
from smokealarm.data.planning import Planned
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Number, Question, RowCount
from smokealarm.data.questions.comparisons import RepeatedRows, SharedRows, SimilarTexts
from smokealarm.data.relayed import Relayed, Rows
from smokealarm.data.sources.source import Unreadable
from smokealarm.data.subject import Answered, Broken, Open
from smokealarm.errors import FatalError, Inconclusive, Place
from smokealarm.finding import Finding
from smokealarm.stage import Subject

HIDDEN = "(private)"
OF_ROWS = (Faulty, FaultyRecord, RowCount, RepeatedRows, SharedRows, SimilarTexts)
COUNTS = ("sum", "mean", "stdev", "distinct", "once", "missing")  # they tell of no single row
# A line's number, which stays; what an engine quotes of a value; and numbers, which it does not always quote.
_VALUES = re.compile(
    r"(\bline \d[\d,]*)|(?<!\w)(['\"]).*\2(?!\w)|(?<![A-Za-z_\d])\d[\d.,:]*", re.DOTALL
)


@contextmanager
def discreet(
    open_table: Open, planned: Sequence[Planned], *, private: Collection[str], place: Place
) -> Iterator[Subject]:
    """The subject, which shows nothing of the private columns. Raises FatalError if one is not there."""
    with open_table([hidden(known, private) for known in planned]) as subject:
        if isinstance(subject, Answered):
            _refuse_strangers(subject.answers, private, place)
        elif isinstance(subject, Broken):
            broken = subject.unreadable
            subject = Broken(Unreadable(without_values(broken.message), broken.remedy))
        yield subject


def _refuse_strangers(answers: Answers, private: Collection[str], place: Place) -> None:
    """A wrong name would hide nothing."""
    names = list(answers.columns)
    for name in private:
        if name not in answers.columns:
            raise FatalError(
                f"`private:` names {name!r}, which is no column of {answers.table}"
                + did_you_mean(name, names),
                f"Its columns are: {listed(names)}.",
                place,
            )


def hidden(planned: Planned, private: Collection[str]) -> Planned:
    """The same line of the configuration, which shows nothing of a private column."""
    expectation = planned.expectation
    questions = expectation.questions
    if not any(_touches(question, private) for question in questions):
        return planned
    told = [question for question in questions if not _is_count(question)]
    named = [name for name in private if any(name in one.columns for one in told)]
    whole = any(question.whole for question in told)

    def shown(seen: Seen) -> Iterator[Seen]:
        of = seen.evidence.get("column") if isinstance(seen, Finding) else None
        if not named and (not whole or (isinstance(of, str) and of not in private)):
            yield seen
        elif isinstance(seen, Finding):  # a picture is of nothing but values
            yield _of_counts(seen, named or [name for name in private if name == of] or private)

    def show(question: Rows, found: Sequence[Example]) -> Sequence[Example]:
        return _veiled(found) if _touches(question, private) else found

    def judge(answers: Answers) -> Iterator[Seen]:
        try:
            for seen in expectation.judge(Relayed(answers, show=show)):
                yield from shown(seen)
        except Unreadable as broken:  # a table beside the case's own
            raise Unreadable(without_values(broken.message), broken.remedy) from None
        except (FatalError, Inconclusive) as error:
            kind = FatalError if isinstance(error, FatalError) else Inconclusive
            raise kind(without_values(error.message), error.remedy, error.place) from None

    return structs.replace(planned, expectation=structs.replace(expectation, judge=judge))


def without_values(text: str) -> str:
    """What somebody said of a value, without it."""
    return _VALUES.sub(lambda found: found[1] or "…", text)


def _veiled(found: Sequence[Example]) -> Sequence[Example]:
    return [structs.replace(example, value=HIDDEN) for example in found]


def _touches(question: Question[Any], private: Collection[str]) -> bool:
    """Whether the question is about a private column."""
    return question.whole or any(name in private for name in question.columns)


def _is_count(question: Question[Any]) -> bool:
    """Whether the answer says how many rows there are, or which, and not what they hold."""
    if isinstance(question, Number):
        return question.statistic in COUNTS
    return isinstance(question, OF_ROWS)


def _of_counts(finding: Finding, hidden: Collection[str]) -> Finding:
    """The message may quote a value anywhere, so none of it is kept; counts are."""
    numbers: Mapping[str, Any] = {
        key: value
        for key, value in finding.evidence.items()
        if isinstance(value, (int, float)) and key.endswith(("_count", "_percent", "line", "row"))
    }
    return structs.replace(
        finding,
        message=f"{', '.join(hidden)}: this does not hold; the values are private and not shown",
        evidence={"column": ", ".join(hidden), **numbers},
        remedy="Look at the values where you may, or ask whoever may.",
    )
