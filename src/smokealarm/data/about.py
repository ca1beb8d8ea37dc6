"""On which files a case's verdict rests: its tables and suites, so that other changes leave it alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

from smokealarm.data.planning import Checks, Planned, planned
from smokealarm.data.sources.source import WITHIN
from smokealarm.errors import FatalError
from smokealarm.stage import Case

_PATTERN = re.compile(r"[*?\[]")


def files(case: Case, checks: Checks, root: Path) -> tuple[str, ...]:
    """Every file and folder, relative to the root; () where they cannot all be named."""
    try:
        others = other_files(case, checks, root)
    except FatalError:  # told when the case is run
        return ()
    paths = (_path(str(case.settings.get("table", "")), root), *others)
    return paths if all(map(_is_inside, paths)) else ()


def other_files(case: Case, checks: Checks, root: Path) -> tuple[str, ...]:
    """The files and folders beside the case's table. Raises FatalError where its options are wrong."""
    locks = {name for one in _planned(case, checks, root) for name in one.expectation.files}
    tables = other_tables(case, checks, root)
    return tuple(_path(name, root) for name in sorted(locks.union(tables)))


def other_tables(case: Case, checks: Checks, root: Path) -> tuple[str, ...]:
    """The tables beside the case's own, as the user wrote them. Raises FatalError as above."""
    known = _planned(case, checks, root)
    questions = (question for one in known for question in one.expectation.questions)
    return tuple(sorted({name for question in questions for name in question.tables if name}))


def _planned(case: Case, checks: Checks, root: Path) -> tuple[Planned, ...]:
    return planned([ask for ask in case.asks if not ask.skip], checks, root)


def _path(table: str, root: Path) -> str:
    """The file, or the folder below which a pattern looks; what is named within it has no path.

    A file whose own name has the signs of a pattern is itself.
    """
    if os.path.lexists(root / table):
        return os.path.normpath(table)
    table = table.rpartition(WITHIN)[0] or table
    found = _PATTERN.search(table)
    return os.path.normpath(os.path.dirname(table[: found.start()]) if found else table)


def _is_inside(path: str) -> bool:
    """Whether git can say of the path that it changed: no URL, and not the whole repository."""
    return path != "." and not path.startswith(("..", "/")) and ":/" not in path
