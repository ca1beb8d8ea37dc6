"""From the bytes of the file to the record; every complaint is collected, each with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from smokealarm.errors import FatalError, FatalErrors, Place
from smokealarm.style.record.lines import Entry, Line, Tools, Waive, entry
from smokealarm.style.record.record import NAME, Record
from smokealarm.style.record.states import FORMATTER, LINTER

TOOLS: Tools = {
    "black": FORMATTER,
    "doctest": LINTER,
    "flake8": LINTER,
    "ruff": LINTER,
    "shellcheck": LINTER,
}
MAX_BYTES = 1024 * 1024

_MARKER = re.compile(r"(<{7}|={7}|>{7}|\|{7})( |$)")  # what git leaves of a conflict
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def parse(content: bytes, path: str = NAME, tools: Tools = TOOLS) -> Record:
    """The record that the file holds. Raises FatalErrors with all that is wrong with it."""
    record, complaints = understood(content, path, tools)
    if complaints:
        raise FatalErrors(complaints)
    return record


def understood(
    content: bytes, path: str = NAME, tools: Tools = TOOLS
) -> tuple[Record, list[FatalError]]:
    """The record of the lines that can be read, and a complaint about each that cannot."""
    reading = _Reading(path, tools)
    if len(content) > MAX_BYTES:
        what = f"the file has {len(content):,} bytes, more than the {MAX_BYTES:,} that are read"
        return Record(path), [FatalError(what, "Is it really a record of styles?", Place(path))]
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            reading.take(_decoded(line.removesuffix(b"\r"), Place(path, number)), number)
        except FatalError as error:
            reading.complaints.append(error)
    return reading.record(), reading.complaints


class _Reading:
    """One reading of a file, line by line."""

    def __init__(self, path: str, tools: Tools) -> None:
        self.path = path
        self.tools = tools
        self.entries: list[Entry] = []
        self.comments: list[str] = []
        self.header: tuple[str, ...] | None = None
        self.complaints: list[FatalError] = []
        self.in_conflict = False

    def take(self, text: str, number: int) -> None:
        if text.lstrip(" \t").startswith("#"):
            self.comments.append(text.strip(" \t"))
        elif _MARKER.match(text):
            self._refuse_conflict(Place(self.path, number))
        elif text.strip(" \t"):
            above = self._comments_above()
            self.entries.append(entry(text, Place(self.path, number), self.tools, above))

    def _comments_above(self) -> Sequence[str]:
        """Those gathered since the last line; the first are the header and stay at the top."""
        gathered, self.comments = self.comments, []
        if self.header is None:
            self.header = tuple(gathered)
            return ()
        return gathered

    def _refuse_conflict(self, place: Place) -> None:
        if self.in_conflict:
            return  # one complaint tells of all the markers
        self.in_conflict = True
        raise FatalError(
            "a merge conflict is left in the file",
            "Keep the lines of both sides, since the higher of two wins, and delete the markers. "
            f"`{self.path} merge=union` in .gitattributes makes git do so.",
            place,
        )

    def record(self) -> Record:
        header = self.header or ()
        rest = tuple(self.comments)
        return Record(
            path=self.path,
            lines=tuple(one for one in self.entries if isinstance(one, Line)),
            waives=tuple(one for one in self.entries if isinstance(one, Waive)),
            header=rest if self.header is None else header,
            footer=() if self.header is None else rest,
        )


def _decoded(line: bytes, place: Place) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        what = f"byte 0x{line[error.start]:02x} is not UTF-8"
        mend = "Save the file as UTF-8. In a path, such a byte is written with %, as in %FF."
        column = len(line[: error.start].decode()) + 1
        raise FatalError(what, mend, place._replace(column=column)) from None
    control = _CONTROL.search(text)
    if control:
        what = f"control characters, here {control[0]!r}, are not allowed"
        raise FatalError(what, "Take it out.", place._replace(column=control.start() + 1))
    return text
