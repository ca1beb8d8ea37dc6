"""black on the changed Python files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding, Level
from smokealarm.style import tool
from smokealarm.style.sources import Sources
from smokealarm.workspace import ChangedFile

MANUAL = "https://black.readthedocs.io/en/stable/the_black_code_style/current_style.html"
_CANNOT = re.compile(r"^error: cannot format (.*?): (.*)$", re.MULTILINE)
_CANNOT_PARSE = re.compile(r"Cannot parse.*?: (\d+):(\d+): ?(.*)")


class Hunk(NamedTuple):
    """Lines `first` to `last` (from 1, inclusive) that black would write differently, as `better`."""

    first: int
    last: int
    better: str


def check(sources: Sources) -> Iterator[Finding]:
    """black would leave the changed Python files as they are.

    The project's own `[tool.black]` in `pyproject.toml` holds:

        style:
          - files: ^src/
            checks: [black]

    A file that was formatted before, or is new, has to be formatted. In one that was not, only
    hunks that the change touches are shown, as notices: nobody has to format what others wrote.

    Manual: https://black.readthedocs.io
    """
    files = sources.of("python")
    before = {file.path: _lines(sources.head / file.path) for file in files}
    yield from _formatted(sources.head, [file.path for file in files])
    better = {
        file: _hunks(before[file.path], _lines(sources.head / file.path))
        for file in files
        if before[file.path] != _lines(sources.head / file.path)
    }
    yield from _judged(sources, better, before)


def _judged(
    sources: Sources, better: dict[ChangedFile, list[Hunk]], now: dict[str, list[str]]
) -> Iterator[Finding]:
    suspects = sources.existed(better) if sources.only_new else []
    old = {file.path: _lines(sources.base / file.path) for file in suspects}
    list(_formatted(sources.base, list(old)))  # a base that black could not parse was not formatted
    for file, hunks in better.items():
        if file.path not in old or old[file.path] == _lines(sources.base / file.path):
            yield from (_finding(file.path, hunk, Level.FAILURE) for hunk in hunks)
        else:
            touched = _changed_lines(old[file.path], now[file.path])
            for hunk in hunks:
                if touched.intersection(range(hunk.first, hunk.last + 1)):
                    yield _finding(file.path, hunk, Level.NOTICE)


def _formatted(folder: Path, paths: Sequence[str]) -> Iterator[Finding]:
    """Format the private copies in place; what cannot be parsed is a finding."""
    if not paths:
        return
    command = [*tool.module("black"), "--quiet", "--", *(f"./{path}" for path in paths)]
    cache = {"BLACK_CACHE_DIR": str(folder.parent / "black")}
    done = tool.run(command, folder, fine=(0, 123), env=cache)
    complaints = _CANNOT.findall(done.stderr)
    if done.returncode and not complaints:
        raise tool.failed(command, done)
    for path, complaint in complaints:
        yield _unparsed(Path(path), folder, complaint)


def _unparsed(path: Path, folder: Path, complaint: str) -> Finding:
    found = _CANNOT_PARSE.search(complaint)
    if not found:  # "INTERNAL ERROR" and the like are black's, not the author's
        raise Inconclusive(
            f"black cannot format {path.name}: {complaint}", "Run black on it by hand."
        )
    line, column, text = found.groups()
    return Finding(
        message=f"black cannot parse this: {text.strip()}",
        path=(folder / path).resolve().relative_to(folder.resolve()).as_posix(),
        line=int(line),
        column=int(column) + 1,
        remedy="Mend the syntax error.",
        help_url=MANUAL,
    )


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8", "surrogateescape").splitlines()


def _hunks(now: list[str], better: list[str]) -> list[Hunk]:
    """What differs, run by run. An insertion is shown at the line before it."""
    hunks = []
    for tag, first, last, start, end in SequenceMatcher(None, now, better, False).get_opcodes():
        if tag != "equal":
            line = max(1, first if first == last else first + 1)
            hunks.append(Hunk(line, max(line, last), "\n".join(better[start:end])))
    return hunks


def _changed_lines(old: list[str], now: list[str]) -> set[int]:
    """The numbers of the lines, from 1, that the change wrote."""
    opcodes = SequenceMatcher(None, old, now, False).get_opcodes()
    return {
        number
        for tag, _, _, start, end in opcodes
        if tag != "equal"
        for number in range(start + 1, end + 1)
    }


def _finding(path: str, hunk: Hunk, level: Level) -> Finding:
    shown = hunk.better.strip().split("\n")[0].strip()[:100] if hunk.better.strip() else ""
    return Finding(
        message=f"black would write: {shown}" if shown else "black would remove white space here",
        path=path,
        line=hunk.first,
        end_line=hunk.last,
        level=level,
        remedy=f"Run: black {path}",
        help_url=MANUAL,
    )
