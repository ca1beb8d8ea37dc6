"""The stage `style`: do changed files keep the few rules that this repository opted into?

It judges blobs, not the working tree: what will be committed, or what the pull request holds. The
tools read a private copy of it, beside their own configuration as it stands there, and the verdict
on a file is what the tool itself says of it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from smokealarm.errors import FatalError
from smokealarm.finding import Digest, Finding
from smokealarm.stage import Ask, Case
from smokealarm.store import default_folder
from smokealarm.style import recorded
from smokealarm.style.digest import digest_of
from smokealarm.style.judging import judge_of
from smokealarm.style.lanes import Lanes
from smokealarm.style.memory import Memory
from smokealarm.style.recorded import kept_by
from smokealarm.style.sandbox import sandbox
from smokealarm.style.scope import Scope, narrowed
from smokealarm.style.tools import TOOLS
from smokealarm.style.tools.tool import Check
from smokealarm.style.workshop import Workshop
from smokealarm.workspace import ChangedFile, Workspace

CHECKS: Mapping[str, Check] = {
    "record": recorded.check,
    **{name: tool.check for name, tool in TOOLS.items()},
}


@contextmanager
def opened(
    case: Case,
    workspace: Workspace,
    *,
    exclude: str = "",
    scope: Scope = "new",
    record: str = "",
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

    `record` names a file that says which rules of these tools count where, and how: see the check
    `record`. It takes the place of `scope`.
    """
    meant = _meant(case, _pattern(case, exclude))
    every = workspace.changes
    kept = kept_by(workspace, record) if record else None
    whole = bool(record) or scope == "files"
    files = [file for file in every.files if meant(file) and (whole or _is_edited(file))]
    tools = [TOOLS[ask.check] for ask in case.asks if ask.check in TOOLS and not ask.skip]
    memory = Memory(default_folder())
    with ExitStack() as stack:
        room = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="smokealarm-", ignore_cleanup_errors=True)
        )
        workshop = stack.enter_context(Workshop(Path(room)))
        if memory.is_empty():
            _set_up_early(workshop, case.asks, files)
        box, sources = sandbox(workspace, files, tools, Path(room), workshop)

        def look(ask: Ask) -> Iterator[Finding | Digest]:
            if ask.check == "record":
                yield from recorded.check(kept or kept_by(workspace, recorded.NAME))
                return
            judge = judge_of(ask.check, TOOLS[ask.check], ask.options, box, memory)
            changed = [file for file in [*every.files, *every.beside] if meant(file)]
            policy = kept.policy() if kept else scope
            yield digest_of(judge, changed, (policy, ask.level))
            yield from narrowed(scope, judge, sources, box, kept)

        lanes = Lanes(case.asks, look)
        try:
            lanes.start()
            yield lanes
        except BaseException:
            box.after.left.set()  # an interrupt, say: nobody waits for the tools any longer
            raise
        finally:
            lanes.finish()
            memory.forget_the_old()


def _set_up_early(workshop: Workshop, asks: Iterable[Ask], files: Sequence[ChangedFile]) -> None:
    """Where nothing is remembered, as on most runners, the tools are wanted whatever the files say."""
    languages = {file.language for file in files}
    for ask in asks:
        if (
            ask.check in TOOLS
            and not ask.skip
            and languages.intersection(TOOLS[ask.check].languages)
        ):
            workshop.set_up(ask.check)


def _pattern(case: Case, exclude: str) -> re.Pattern[str] | None:
    try:
        return re.compile(exclude) if exclude else None
    except re.error as error:
        message = f"`exclude`: {exclude!r} is not a regular expression: {error}"
        raise FatalError(message, place=case.places.get("exclude", case.place)) from None


def _meant(case: Case, excluded: re.Pattern[str] | None) -> Callable[[ChangedFile], bool]:
    """Whether the case is about a file, by its path."""

    def meant(file: ChangedFile) -> bool:
        chosen = re.search(case.files, file.path) is not None
        return chosen and not (excluded and excluded.search(file.path))

    return meant


def _is_edited(file: ChangedFile) -> bool:
    """Not where only its name or its mode changed."""
    return not file.blob or file.blob != file.base_blob
