"""The check `ruff`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from smokealarm.finding import Finding
from smokealarm.style.companions import named_by
from smokealarm.style.source import Sources
from smokealarm.style.tools import running
from smokealarm.style.tools.tool import Tool

_ARGUMENTS = ["check", "--output-format=json", "--no-cache", "--no-fix", "--no-fix-only", "--"]
_EXTEND = re.compile(rb"""^[ \t]*extend[ \t]*=[ \t]*["']([^"'\n]+)["']""", re.MULTILINE)


def check(sources: Sources) -> Iterator[Finding]:
    """Changed Python files keep ruff's rules.

        style:
          - checks: [ruff]

    There are no options: the nearest `ruff.toml` or `pyproject.toml` holds. Needs `pip install ruff`.
    """
    program = running.program("ruff", "ruff")
    sources.lay_out_names(".py", ".pyi")  # ruff looks whether a module is the project's own
    sources.end_search_at("ruff.toml", "pyproject.toml", section=b"[tool.ruff")
    for batch in running.batches(sources.of("python")):
        command = [program, *_ARGUMENTS, *running.places(batch)]
        said = running.run("ruff", command, sources, at_home=False)
        yield from (_finding(one, sources) for one in running.listed("ruff", said))


def _finding(one: dict[str, Any], sources: Sources) -> Finding:
    folder, code = f"{sources.folder.resolve()}/", one["code"] or "invalid-syntax"
    return Finding(
        message=f"{code} {one['message']}".replace(folder, ""),
        path=sources.paths[one["filename"].removeprefix(folder)],
        line=one["location"]["row"],
        column=one["location"]["column"],
        end_line=one["end_location"]["row"],
        end_column=one["end_location"]["column"],
        evidence={"code": code},
        remedy=f"Mend the line, or excuse it with a reason beside it: # noqa: {code}",
        help_url=one["url"] or "https://docs.astral.sh/ruff/rules/",
    )


TOOL = Tool(
    check=check,
    languages=("python",),
    packages=("ruff",),
    program="ruff",
    configuration=("ruff.toml", ".ruff.toml", "pyproject.toml"),
    told_to_read=partial(named_by, _EXTEND),
    remembered=False,
)
