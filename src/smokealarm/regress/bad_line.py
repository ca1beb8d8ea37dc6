"""What is wrong with a line of a suite, where in the line, and what to do about it."""

from __future__ import annotations

import re
from typing import NamedTuple

from smokealarm.errors import FatalError, Place

LONGEST = 60  # characters of the line that are shown


class Problem(Exception):
    """A line is wrong; `key` is the field that is, and `byte` the place, where one is known."""

    def __init__(self, message: str, remedy: str, key: str = "", byte: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.key = key
        self.byte = byte


class _Saying(NamedTuple):
    pattern: str
    remedy: str


_REMEDIES = (
    _Saying("missing required field", "Every line needs `id`, `expected`, and `input` or `path`."),
    _Saying(
        "unknown field",
        "Known here: id, input, path, sha256, expected, tags, why, added_on, added_by_model, group.",
    ),
    _Saying("Expected `object`", "Write one JSON object a line, in braces."),
    _Saying("Invalid", "A day is written like 2026-01-31."),
    _Saying("Expected", "Write it with this type, or leave it out if it is optional."),
)


def described(error: Exception, line: bytes) -> Problem:
    """The decoder's complaint in our words."""
    if isinstance(error, UnicodeDecodeError):
        what = f"byte 0x{line[error.start]:02x} is not UTF-8"
        return Problem(what, "Save the file as UTF-8.", byte=error.start)
    text, _, way = str(error).partition(" - at `$.")
    if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>")):
        return Problem("a merge conflict is left in the suite", "Keep the lines of both sides.")
    for saying in _REMEDIES:
        if saying.pattern in text:
            key = re.split(r"[`.\[]", way)[0] or _quoted(text)
            start = "" if not way else f"`{key}`: "
            return Problem(start + _lowered(text), saying.remedy, key)
    byte = re.search(r"\(byte (\d+)\)", text)
    said = _lowered(re.sub(r"^JSON is malformed: | \(byte \d+\)$", "", text))
    return Problem(
        f"this is not JSON: {said}",
        "One JSON object a line; text in double quotes, no comma at the end.",
        byte=int(byte[1]) if byte else 0,
    )


def complaint(problem: Problem, line: bytes, place: Place) -> FatalError:
    """The problem with its place, and with so much of the line that a reader finds it."""
    at = problem.byte
    if problem.key:
        at = max(0, line.find(b'"%s"' % problem.key.encode()))
    before = line[:at].decode("utf-8", "replace")
    text = line.decode("utf-8", "replace").strip()
    shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
    return FatalError(
        f"{problem.message}: {shown}", problem.remedy, place._replace(column=len(before) + 1)
    )


def _quoted(text: str) -> str:
    found = re.search(r"`(\w+)`", text)
    return found[1] if found else ""


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
