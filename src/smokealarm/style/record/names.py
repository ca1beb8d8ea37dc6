"""Paths in one word: what would break a line, or read as something else, is percent-encoded."""

from __future__ import annotations

import os
import posixpath
import re

from smokealarm.errors import FatalError

ROOT = "."  # the whole repository

_UNSAFE = frozenset(" %\"'\\*?")
_AT_THE_START = frozenset("#-")
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")


def written(path: str) -> str:
    """The path as the record writes it: one word, whatever bytes the name has."""
    return "".join(
        character if _is_plain(character, first=not index) else _percent(character)
        for index, character in enumerate(path)
    )


def _is_plain(character: str, first: bool) -> bool:
    if first and character in _AT_THE_START:
        return False
    return character.isprintable() and character not in _UNSAFE


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in os.fsencode(character))


def read(word: str) -> str:
    """The path that the word means. Raises FatalError where it can be no path of a repository."""
    if "\\" in word:
        raise FatalError(
            f"{word} has a backslash", f"Did you mean {word.replace(chr(92), '/')}? A folder's"
            " name ends with `/`, and a backslash that is part of a name is written %5C."
        )  # fmt: skip
    if set(word) & set("*?"):
        raise FatalError(
            f"{word} is a pattern, and patterns are not read",
            "Name a folder (`src/`), a file, or `.` for all. In a name, * is %2A and ? is %3F.",
        )
    if "%" in _ENCODED.sub(b"", word.encode()).decode():
        raise FatalError(
            f"{word} has a % that no two hexadecimal digits follow",
            "A % that is part of a name is written %25.",
        )
    raw = _ENCODED.sub(lambda found: bytes([int(found[1], 16)]), word.encode())
    path = os.fsdecode(raw)
    _insist_on_normal(path, word)
    return path


def _insist_on_normal(path: str, word: str) -> None:
    if path == ROOT:
        return
    parts = path.removesuffix("/").split("/")
    if "\0" in path or ".." in parts:
        raise FatalError(
            f"{word} is no path in a repository", "Name it from the repository's root: `src/data/`."
        )
    if "" in parts or "." in parts:
        slash = "/" if path.endswith("/") else ""
        normal = posixpath.normpath(path.lstrip("/"))
        likely = ROOT if normal == ROOT else written(normal + slash)
        raise FatalError(
            f"{word} is not written from the repository's root", f"Did you mean {likely}?"
        )
