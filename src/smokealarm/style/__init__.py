"""The style stage: do changed files keep the few rules that this repository opted into?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from smokealarm.finding import Finding
from smokealarm.stage import Ask, Case, Sight
from smokealarm.style import black, flake8, shellcheck
from smokealarm.style.sources import Sources, laid_out
from smokealarm.workspace import Workspace

CHECKS: Mapping[str, Callable[..., Iterable[Finding]]] = {
    "black": black.check,
    "flake8": flake8.check,
    "shellcheck": shellcheck.check,
}


class _Subject:
    """The changed files of a case, laid out for the tools."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources

    def ask(self, ask: Ask) -> Iterator[Sight]:
        options: Mapping[str, Any] = ask.options
        yield from CHECKS[ask.check](self.sources, **options)


@contextmanager
def opened(
    case: Case, workspace: Workspace, *, exclude: str = "", scope: Literal["new", "files"] = "new"
) -> Iterator[_Subject]:
    """The changed files that match `files:` and not `exclude:`, both regular expressions.

    `scope: new` reports what the change adds against the same file at the base commit, `scope:
    files` everything that is wrong in a changed file.
    """
    chosen = [
        file
        for file in workspace.changes.files
        if re.search(case.files, file.path) and not (exclude and re.search(exclude, file.path))
    ]
    with laid_out(workspace, chosen, only_new=scope == "new") as sources:
        yield _Subject(sources)
