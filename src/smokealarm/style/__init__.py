"""The stage `style`: do changed files keep the few rules that this repository opted into?

It judges blobs, not the working tree: what will be committed, or what the pull request holds. The
tools read a private copy of it, beside their own configuration as it stands there, and the verdict
on a file is what the tool itself says of it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from smokealarm.errors import FatalError
from smokealarm.finding import Finding
from smokealarm.stage import Ask, Case
from smokealarm.style import black, flake8, shellcheck
from smokealarm.style.judging import judge_of
from smokealarm.style.lanes import Lanes
from smokealarm.style.memory import Memory, default_folder
from smokealarm.style.sandbox import sandbox
from smokealarm.style.scope import Scope, narrowed
from smokealarm.style.tool import Check, Tool
from smokealarm.workspace import ChangedFile, Workspace

TOOLS: Mapping[str, Tool] = {
    "black": black.TOOL,
    "flake8": flake8.TOOL,
    "shellcheck": shellcheck.TOOL,
}
CHECKS: Mapping[str, Check] = {name: tool.check for name, tool in TOOLS.items()}


@contextmanager
def opened(
    case: Case, workspace: Workspace, *, exclude: str = "", scope: Scope = "new"
) -> Iterator[Lanes]:
    """Changed files whose path matches `files:` and does not match `exclude:`.

        style:
          - files: ^src/
            exclude: ^src/vendored/
            scope: new
            checks: [black]

    `scope` says what counts in a changed file:

    - `new`: only what the change adds. A violation that the file already had does not count, nor
      one that came with code from another file of the change; where the change edits a line that
      broke the rule before, or a file that was not formatted before, that is a notice.
    - `files`: everything
    - `lines`: what stands on a changed line
    """
    excluded = _pattern(case, exclude)
    files = [file for file in workspace.changes.files if _is_meant(file, case, excluded, scope)]
    tools = [TOOLS[ask.check] for ask in case.asks if not ask.skip]
    memory = Memory(default_folder())
    with tempfile.TemporaryDirectory(prefix="smokealarm-", ignore_cleanup_errors=True) as room:
        box, sources = sandbox(workspace, files, tools, Path(room))

        def look(ask: Ask) -> Iterator[Finding]:
            judge = judge_of(ask.check, TOOLS[ask.check], ask.options, box, memory)
            return narrowed(scope, judge, sources, box)

        lanes = Lanes(case.asks, look)
        try:
            yield lanes
        finally:
            lanes.finish()
            memory.forget_the_old()


def _pattern(case: Case, exclude: str) -> re.Pattern[str] | None:
    try:
        return re.compile(exclude) if exclude else None
    except re.error as error:
        message = f"`exclude`: {exclude!r} is not a regular expression: {error}"
        raise FatalError(message, place=case.places.get("exclude", case.place)) from None


def _is_meant(
    file: ChangedFile, case: Case, excluded: re.Pattern[str] | None, scope: Scope
) -> bool:
    if scope != "files" and file.blob and file.blob == file.base_blob:
        return False  # only its name or its mode changed
    chosen = re.search(case.files, file.path) is not None
    return chosen and not (excluded and excluded.search(file.path))
