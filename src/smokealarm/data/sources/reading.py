"""The arguments of the engine's readers: paths that mean themselves, and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from glob import escape

from smokealarm.data.duck.sql import quoted
from smokealarm.data.sources.files import Part


def path_of(part: Part) -> str:
    """The file's path as a literal; no sign in it is one of a glob."""
    return quoted(escape(str(part.path)))


def list_of(pieces: Iterable[str]) -> str:
    return "[" + ", ".join(pieces) + "]"


def texts(given: Iterable[str]) -> str:
    return list_of(map(quoted, given))


def mapping(given: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(key)}: {quoted(text)}" for key, text in given.items()) + "}"
