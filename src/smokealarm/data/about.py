"""On which files a case's verdict rests: its tables and suites, so that other changes leave it alone."""

from __future__ import annotations

import os
import re

from smokealarm.data.subject import Checks, planned
from smokealarm.errors import FatalError
from smokealarm.stage import Case

_PATTERN = re.compile(r"[*?\[]")


def files(case: Case, checks: Checks) -> tuple[str, ...]:
    """Every file and folder, relative to the root; () where they cannot all be named."""
    try:
        known = planned([ask for ask in case.asks if not ask.skip], checks)
    except FatalError:  # told when the case is run
        return ()
    questions = (question for one in known for question in one.expectation.questions)
    beside = {name for question in questions for name in question.tables if name}
    named = [str(case.settings.get("table", "")), *sorted(beside)]
    paths = tuple(map(_path, named))
    return paths if all(map(_is_inside, paths)) else ()


def _path(table: str) -> str:
    """The file, or the folder below which a pattern looks."""
    found = _PATTERN.search(table)
    return os.path.normpath(os.path.dirname(table[: found.start()]) if found else table)


def _is_inside(path: str) -> bool:
    """Whether git can say of the path that it changed: no URL, and not the whole repository."""
    return path != "." and not path.startswith(("..", "/")) and ":/" not in path
