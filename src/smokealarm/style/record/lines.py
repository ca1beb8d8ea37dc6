"""One line of the record: what it may say, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple, Union

from smokealarm.errors import FatalError, Place
from smokealarm.style.record import names
from smokealarm.style.record.regions import EVERY_RULE, Region
from smokealarm.style.record.states import FORMATTER, STATES, State

WAIVE = "waive"
Tools = Mapping[str, Sequence[str]]  # the words of each tool's lines: FORMATTER or LINTER

_RULE = re.compile(r"[A-Z]{1,8}[0-9]{0,8}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINE = "A line reads: TOOL RULE PATH STATE, for example: flake8 E9 src/ strict"
_WAIVE = "It reads: waive TOOL RULE PATH until YYYY-MM-DD: REASON"
_SPACE = "A space that is part of a name is written %20."


class Line(NamedTuple):
    """A region and how much of it is kept."""

    region: Region
    word: str
    number: int = 0  # where it stands in the file; 0 where it does not yet
    comments: tuple[str, ...] = ()  # those right above it, which move with it

    @property
    def state(self) -> State:
        return STATES[self.word]

    def __str__(self) -> str:
        return f"{self.region} {self.word}"


class Waive(NamedTuple):
    """A region of which nothing is kept, until the end of a day and for a reason."""

    region: Region
    until: date
    reason: str
    number: int = 0
    comments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{WAIVE} {self.region} until {self.until.isoformat()}: {self.reason}"


Entry = Union[Line, Waive]


class Word(NamedTuple):
    """A word of a line and the place where it begins."""

    text: str
    place: Place


def words(text: str, path: str, number: int) -> list[Word]:
    """The words of the line, which spaces or tabs part."""
    found = re.finditer(r"[^ \t]+", text)
    return [Word(match[0], Place(path, number, match.start() + 1)) for match in found]


def entry(text: str, place: Place, tools: Tools, comments: Sequence[str] = ()) -> Entry:
    """What the line says. Raises FatalError with the place of the first word that is wrong."""
    found = words(text, place.path, place.line)
    if found[0].text == WAIVE:
        return _waive(text, found, tools, tuple(comments))
    _known(found[0], (*tools, WAIVE), "a tool that the record knows")
    if len(found) != 4:
        what = f"expected 4 words, found {len(found)}"
        raise FatalError(what, f"{_LINE}. {_SPACE}", found[min(4, len(found) - 1)].place)
    region = _region(found[:3], tools)
    return Line(region, _state(found[3], region, tools), place.line, tuple(comments))


def _waive(text: str, found: Sequence[Word], tools: Tools, comments: tuple[str, ...]) -> Waive:
    if len(found) < 6 or found[4].text != "until":
        at = found[min(4, len(found) - 1)].place
        raise FatalError("this `waive` is not whole", f"{_WAIVE}. {_SPACE}", at)
    region = _region(found[1:4], tools)
    rest = text[found[5].place.column - 1 :]
    day, colon, reason = rest.partition(":")
    until = _day(day.strip(), found[5].place)
    if not colon or not reason.strip():
        raise FatalError("a `waive` needs a reason after its end date", _WAIVE, found[5].place)
    return Waive(region, until, reason.strip(), found[0].place.line, comments)


def _region(found: Sequence[Word], tools: Tools) -> Region:
    tool, rule, path = found
    _known(tool, tools, "a tool that the record knows")
    if tools[tool.text] == FORMATTER and rule.text != EVERY_RULE:
        what = f"{tool.text} has no rules, but this line names {rule.text!r}"
        raise FatalError(what, "Write `*` in its place.", rule.place)
    if rule.text != EVERY_RULE and not _RULE.fullmatch(rule.text):
        raise _bad_rule(rule)
    try:
        return Region(tool.text, rule.text, names.read(path.text))
    except FatalError as error:
        raise FatalError(error.message, error.remedy, path.place) from None


def _bad_rule(rule: Word) -> FatalError:
    likely = rule.text.upper().rstrip("*")
    hint = f"Did you mean {likely}? " if _RULE.fullmatch(likely) else ""
    return FatalError(
        f"{rule.text!r} is not the name of a rule, nor the beginning of one",
        f"{hint}Names are capitals and digits, such as F401; E9 means all that begin so; * all.",
        rule.place,
    )


def _state(word: Word, region: Region, tools: Tools) -> str:
    if word.text == "off":
        raise FatalError(
            "`off` is not written: what no line names is off, and the higher of two lines wins",
            "Delete the line. To spare a place that a wider line keeps, for a while: "
            f"waive {region} until YYYY-MM-DD: REASON",
            word.place,
        )
    _known(word, tools[region.tool], f"a state of {region.tool}")
    return word.text


def _day(text: str, place: Place) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise FatalError(f"{text!r} is not a day", "Write its year, month and day: 2027-03-01.", place)


def _known(word: Word, known: Iterable[str], what: str) -> None:
    if word.text in known:
        return
    choices = sorted(known)
    close = get_close_matches(word.text, choices, 1) or [
        choice for choice in choices if {word.text, choice} == {"keep", "new"}
    ]
    hint = f"Did you mean {close[0]}? " if close else ""
    offer = f"{hint}There are: {', '.join(choices)}."
    raise FatalError(f"{word.text!r} is not {what}", offer, word.place)
