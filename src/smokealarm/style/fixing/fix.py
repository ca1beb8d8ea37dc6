"""Mending what was found: the tools rewrite what counts, in the work tree and never in the index."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from smokealarm.errors import SmokealarmError
from smokealarm.finding import Finding, Level
from smokealarm.stage import Ask, Case
from smokealarm.store import default_folder
from smokealarm.style.fixing import on_disk
from smokealarm.style.fixing.staged import LeftAlone, drafts
from smokealarm.style.judging import Judge, judge_of
from smokealarm.style.layout import is_layout
from smokealarm.style.memory import Memory
from smokealarm.style.pair import Pair, code, is_violation
from smokealarm.style.sandbox import Sandbox, sandbox
from smokealarm.style.source import Source
from smokealarm.style.tools import TOOLS
from smokealarm.workspace import ChangedFile, Workspace


class Request(NamedTuple):
    """What one check found in each file."""

    case: Case
    ask: Ask
    found: Mapping[ChangedFile, Sequence[Finding]]


class Mended(NamedTuple):
    """A file that a tool mended, and the tool's own rules that it broke before."""

    path: str
    tool: str
    rules: tuple[str, ...]


class Mending(NamedTuple):
    """What was done, what was not, and why."""

    mended: list[Mended]
    left: list[LeftAlone]
    helpless: list[str]  # tools that found something and mend nothing
    doubts: list[SmokealarmError]


class _Draft(NamedTuple):
    content: bytes
    mended: Mended


def mend(
    requests: Iterable[Request], workspace: Workspace, *, touched_only: bool, dry: bool
) -> Mending:
    """Mend what counts of the findings, or only their touched lines; `dry` writes nothing.

    A file is written once: where two checks would mend it, the first one does.
    """
    made: dict[Source, _Draft] = {}
    done = Mending([], [], [], [])
    for request in requests:
        request = _counting(request, touched_only)
        tool = TOOLS.get(request.ask.check)
        if request.found and not (tool and tool.fixed):
            done.helpless.append(request.ask.check)
        elif request.found:
            try:
                made = _proposals(request, workspace, touched_only) | made
            except SmokealarmError as doubt:
                done.doubts.append(doubt)
    made = dict(sorted(made.items(), key=lambda item: item[0].path))
    ready, left = drafts(workspace, {source: draft.content for source, draft in made.items()})
    done.left.extend(left if dry else [*left, *on_disk.write(workspace.root, ready)])
    alone = {one.path for one in done.left}
    done.mended.extend(draft.mended for one, draft in made.items() if one.path not in alone)
    return done


def _counting(request: Request, touched_only: bool) -> Request:
    """A notice is about what was there before; of that only the touched lines are the author's."""
    counting = {
        file: [one for one in found if touched_only or one.level is not Level.NOTICE]
        for file, found in request.found.items()
    }
    violations = {file: list(filter(is_violation, found)) for file, found in counting.items()}
    return request._replace(found={file: found for file, found in violations.items() if found})


def _proposals(request: Request, workspace: Workspace, touched_only: bool) -> dict[Source, _Draft]:
    ask, tool = request.ask, TOOLS[request.ask.check]
    with tempfile.TemporaryDirectory(prefix="smokealarm-", ignore_cleanup_errors=True) as room:
        box, sources = sandbox(workspace, list(request.found), [tool], Path(room))
        judge = judge_of(ask.check, tool, ask.options, box, Memory(default_folder()))
        narrow = touched_only or request.case.settings.get("scope") == "lines"
        lines = {
            source: _touched(source, box) if narrow else _lines(request.found[source.file])
            for source in sources.files
        }
        return dict(_no_worse(judge, dict(_fixed(judge, lines))))


def _touched(source: Source, box: Sandbox) -> set[int]:
    file = source.file
    before = box.at_base([file]).files if file.base_blob else ()
    return Pair(before[0] if before else None, source, ()).touched


def _lines(found: Iterable[Finding]) -> set[int] | None:
    """The lines of what counts; None for the whole file, which is a formatter's."""
    numbers: set[int] = set()
    for one in found:
        if is_layout(one):
            return None
        first = one.line or 1
        numbers.update(range(first, max(first, one.end_line or 0) + 1))
    return numbers


def _fixed(judge: Judge, lines: Mapping[Source, set[int] | None]) -> Iterator[tuple[Source, bytes]]:
    """What the tool would write in place of each file."""
    by_path = {source.path: source for source in lines}
    parts = {source.path: numbers for source, numbers in lines.items() if numbers}
    whole = [source for source, numbers in lines.items() if numbers is None]
    some = [source for source in lines if source.path in parts]
    for sources, wanted in ((whole, None), (some, parts)):
        if sources and judge.tool.fixed:
            for path, content in judge.tool.fixed(
                judge.box.sources(sources), wanted, **judge.options
            ):
                if content != by_path[path].content:
                    yield by_path[path], content


def _no_worse(judge: Judge, fixed: Mapping[Source, bytes]) -> Iterator[tuple[Source, _Draft]]:
    """Those in which the tool itself finds no more than before, and nothing that it cannot read."""
    new = [structs.replace(source, content=content) for source, content in fixed.items()]
    before, after = (_rules(judge, sources) for sources in (list(fixed), new))
    for source, content in fixed.items():
        was, left = before[source.path], after[source.path]
        if sum(left.values()) <= sum(was.values()) and "syntax" not in left:
            yield source, _Draft(
                content, Mended(source.path, judge.name, tuple(sorted(was - left)))
            )


def _rules(judge: Judge, sources: Sequence[Source]) -> defaultdict[str, Counter[str]]:
    """How often the tool finds each rule broken in each file."""
    rules: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for finding in judge(judge.box.sources(sources)):
        rules[finding.path or ""][str(code(finding))] += 1
    return rules
