"""The lines of a case and of its suites, understood before any table is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, Union

from msgspec import Struct, structs

from smokealarm.data.expectation import Expectation, Suite
from smokealarm.data.suites.entries import Entry, entries
from smokealarm.errors import FatalError, FatalErrors, Inconclusive, Place
from smokealarm.finding import Finding
from smokealarm.stage import Ask

Checks = Mapping[str, Callable[..., Union[Expectation, Suite]]]
S = TypeVar("S")


class Planned(Struct, frozen=True):
    """A line of the configuration, understood; `entry` is the line of a suite that it stands for."""

    ask: Ask
    expectation: Expectation
    entry: Entry | None = None

    @property
    def at(self) -> Place:
        """Where it is written."""
        return self.entry.place if self.entry else self.ask.place

    def placed(self, seen: S) -> S:
        """A finding of a suite's expectation belongs to its line, and is no louder than it wants."""
        if self.entry is None or not isinstance(seen, Finding):
            return seen
        place = Place(seen.path, seen.line or 1, seen.column or 1) if seen.path else self.at
        return structs.replace(
            seen,
            path=place.path,
            line=place.line,
            column=place.column,
            level=min(seen.level, self.entry.level, key=lambda level: level.loudness),
            evidence={"expectation": self.entry.check, **seen.evidence},
        )


def planned(asks: Sequence[Ask], checks: Checks, root: Path) -> tuple[Planned, ...]:
    """Every ask with its expectation, or those of its suite. Raises all that is wrong, at once."""
    understood: list[Planned] = []
    errors: list[FatalError] = []
    for ask in asks:
        try:
            made = checks[ask.check](**ask.options)
            if isinstance(made, Suite):
                understood += _of_suite(ask, made, checks, root)
            else:
                understood.append(Planned(ask, made))
        except FatalErrors as several:
            errors += several.errors
        except FatalError as error:
            errors.append(FatalError(error.message, error.remedy, error.place or ask.place))
    if errors:
        raise FatalErrors(errors)
    return tuple(understood)


def _of_suite(ask: Ask, suite: Suite, checks: Checks, root: Path) -> list[Planned]:
    understood: list[Planned] = []
    errors: list[FatalError] = []
    for entry in entries(suite, checks, root):
        try:
            made = checks[entry.check](**entry.options)
            assert isinstance(made, Expectation), "a suite holds no suites"
            files = (*made.files, suite.file)
            understood.append(Planned(ask, structs.replace(made, files=files), entry))
        except FatalError as error:
            errors.append(FatalError(error.message, error.remedy, error.place or entry.place))
    if errors:
        raise FatalErrors(errors)
    return understood


def beside(planned: Sequence[Planned]) -> dict[str, Planned]:
    """The tables beside the case's own, each with the first line that names it."""
    found: dict[str, Planned] = {}
    for known in planned:
        for question in known.expectation.questions:
            for table in question.tables:
                if table:
                    found.setdefault(table, known)
    return found


def together(doubts: Sequence[Inconclusive], of: int) -> Inconclusive:
    """One doubt as it is; several of a suite as one, each with its place."""
    if of == 1:
        return doubts[0]
    parts = "; ".join(f"{doubt.place}: {doubt.message}" for doubt in doubts)
    count = f"{len(doubts)} of the suite's {of} expectations could not tell"
    return Inconclusive(f"{count}: {parts}", doubts[0].remedy, doubts[0].place)
