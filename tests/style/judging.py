"""Asks the stage `style` about a real change of a real repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from smokealarm import changes
from smokealarm.errors import Place
from smokealarm.finding import Finding
from smokealarm.stage import Ask, Case
from smokealarm.style import opened
from smokealarm.workspace import Changes, Workspace

HERE = Place(".smokealarm.yaml")


def ask(check: str, **options: Any) -> Ask:
    return Ask(check=check, place=HERE, options=options)


def judged(
    root: Path,
    *asks: Ask,
    files: str = "",
    changed: Callable[[Path], Changes] = changes.staged,
    **settings: Any,
) -> list[Finding]:
    """What the checks say of the change, in their order."""
    case = Case(stage="style", name="all files", place=HERE, asks=asks, files=files)
    workspace = Workspace(root=root, changes=changed(root))
    with opened(case, workspace, **settings) as subject:
        sights = [sight for one in asks for sight in subject.ask(one)]
    return [sight for sight in sights if isinstance(sight, Finding)]


def told(findings: list[Finding]) -> list[tuple[str | None, int | None, object]]:
    """Path, line and the tool's own rule of each finding."""
    return [(one.path, one.line, one.evidence.get("code")) for one in findings]
