"""Text from a results document, made harmless: it may have been written by the code under test."""

from __future__ import annotations

import re

# C0 and C1 controls but newline, line and paragraph separators, byte order mark, lone surrogates,
# and the characters that turn text around (https://trojansource.codes).
_STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile(r"\r\n?")
_SPACES = re.compile(r"\s+")


def visible(text: str) -> str:
    """The text, with every character that steers a terminal or a log shown as an escape."""
    return _STEERING.sub(_escape, _BREAKS.sub("\n", text).replace("\t", "    "))


def one_line(text: str, limit: int = 0) -> str:
    """The same on one line, cut where it is longer than the limit."""
    # The second look is at what a huge text would cost: nothing beyond the cut is worth escaping.
    line = _SPACES.sub(" ", visible(text[: 4 * limit] if limit else text)).strip()
    return cut(line, limit) if limit else line


def cut(text: str, limit: int) -> str:
    """The text, or as much as fits the limit with a sign that there was more."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def defused(line: str) -> str:
    """The line, so that a GitHub runner that reads it in a log finds no command in it.

    A command of the first kind, `##[error]`, counts anywhere; one of the second, `::error::`, after
    leading blanks (actions/runner, `ActionCommand.cs`).
    """
    line = line.replace("##[", "## [")
    bare = line.lstrip()
    return line if not bare.startswith("::") else line[: len(line) - len(bare)] + ": :" + bare[2:]


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8 (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
