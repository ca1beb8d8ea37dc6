"""What every tool says of the whole repository today, and which rules it would apply at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding
from smokealarm.store import default_folder
from smokealarm.style.judging import Judge, judge_of
from smokealarm.style.memory import Memory
from smokealarm.style.pair import code, is_violation
from smokealarm.style.sandbox import Sandbox, sandbox
from smokealarm.style.source import Source, Sources
from smokealarm.style.tools import TOOLS, running
from smokealarm.workspace import Workspace

SURVEYED = ("black", "flake8", "shellcheck")  # none of them runs the code that it judges
AT_ONCE = 50  # files between two words of progress; what is judged is remembered after each


class Bench(Struct, frozen=True, kw_only=True):
    """The files of the repository laid out, and the tools ready to be asked of them or of others."""

    workspace: Workspace
    box: Sandbox
    sources: Sources
    memory: Memory

    def judge(self, tool: str) -> Judge:
        """The tool under the project's own configuration."""
        return judge_of(tool, TOOLS[tool], {}, self.box, self.memory)


class Survey(Struct, frozen=True, kw_only=True):
    """One tool's word on all of its files.

    - `files`: those that it could judge
    - `rules`: those that it would apply and that can be listed; only flake8's can
    - `doubt`: why it could not judge the others
    """

    tool: str
    files: tuple[Source, ...]
    found: tuple[Finding, ...] = ()
    rules: frozenset[str] = frozenset()
    doubt: Inconclusive | None = None


@contextmanager
def bench(workspace: Workspace) -> Iterator[Bench]:
    """Lay out what `workspace.changes` names, for every tool."""
    memory = Memory(default_folder())
    with tempfile.TemporaryDirectory(prefix="smokealarm-", ignore_cleanup_errors=True) as room:
        files = workspace.changes.files
        box, sources = sandbox(workspace, files, [TOOLS[name] for name in SURVEYED], Path(room))
        yield Bench(workspace=workspace, box=box, sources=sources, memory=memory)
        memory.forget_the_old()


def surveyed(place: Bench, tool: str) -> Survey:
    """Ask the tool of every file, language by language: it may be able to read one and not another."""
    files: list[Source] = []
    found: list[Finding] = []
    doubt = None
    for language in TOOLS[tool].languages:
        sources = place.sources.of(language)
        try:
            found += [finding for part in _parts(place, tool, sources) for finding in part]
            files += sources
        except Inconclusive as met:
            doubt = doubt or met
    return Survey(
        tool=tool,
        files=tuple(files),
        found=tuple(filter(is_violation, found)),
        rules=_flake8_rules(place) if tool == "flake8" and files else frozenset(),
        doubt=doubt,
    )


def _parts(place: Bench, tool: str, files: Sequence[Source]) -> Iterator[list[Finding]]:
    for start in range(0, len(files), AT_ONCE):
        place.workspace.tell(f"{tool}: {start:,} of {len(files):,} files")
        yield judged(place, tool, files[start : start + AT_ONCE])


def judged(place: Bench, tool: str, files: Sequence[Source]) -> list[Finding]:
    """What the tool finds in these files."""
    return list(place.judge(tool)(place.box.sources(files)))


def seen_rules(survey: Survey) -> frozenset[str]:
    """The rules of which there is a violation."""
    return frozenset(str(code(finding)) for finding in survey.found)


class _Listed(Struct):
    rules: list[str]
    families: list[str]


def _flake8_rules(place: Bench) -> frozenset[str]:
    """What flake8 has switched on here. Where it does not say so, what was seen must do."""
    empty = place.box.sources(())
    configured = any(b"[flake8" in content for content in place.box.companions.values())
    options = [] if configured else ["--isolated"]
    said = running.run_module("smokealarm.style.tools.flake8_rules", options, empty)
    try:
        listed = msgspec.json.decode(said.out, type=_Listed)
    except msgspec.MsgspecError:
        return frozenset()
    return frozenset(listed.rules) | frozenset(listed.families)
