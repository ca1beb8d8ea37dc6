"""A made-up change: files before and after, and what it is meant to be."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

Files = Mapping[str, "bytes | None"]  # None: there is no such file


class Fault(NamedTuple):
    """Lines that break a rule, and those that stood there before and keep it.

    A `whole` one stands by itself at the end of a file; any other may stand in a function.
    """

    code: str
    after: str
    before: str = ""
    whole: bool = False


class Copy(NamedTuple):
    """A file of the repository of which copies are made."""

    path: str
    language: str
    text: str

    def beside(self, word: str) -> str:
        """A path in the same folder, with the same ending."""
        stem, ending = posixpath.splitext(self.path)
        return f"{stem}_{word}{ending}"


class Edit(NamedTuple):
    """A change of one trial. `code` is the rule that it is to break, "" where it is healthy."""

    check: str
    name: str
    manner: str
    path: str
    base: Files
    head: Files
    code: str = ""
    is_executable: bool = False  # afterwards; before, nothing is

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self.base) | frozenset(self.head)
