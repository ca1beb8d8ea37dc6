"""What the tests of these checks share: several tables in one folder, and verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smokealarm import data
from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding
from smokealarm.stage import Sight
from smokealarm.workspace import Changes, Workspace
from tests.data.tables import Columns, ask, case_of, table


def written(folder: Path, name: str, columns: Columns) -> str:
    """A table of that name; its ending says its format."""
    stem, _, kind = name.rpartition(".")
    (folder / table(folder, columns, kind)).rename(folder / name)
    return name


def seen(folder: Path, name: str, check: str, **options: Any) -> list[Sight]:
    """All that the check yields, pictures too."""
    case = case_of(name, [(check, options)])
    with data.opened(case, Workspace(root=folder, changes=Changes()), table=name) as subject:
        return list(subject.ask(case.asks[0]))


def doubt(folder: Path, name: str, check: str, **options: Any) -> Inconclusive:
    """The reason why the check cannot tell."""
    with pytest.raises(Inconclusive) as caught:
        ask(folder, name, check, **options)
    return caught.value


def columns_of(findings: list[Finding]) -> set[object]:
    return {finding.evidence["column"] for finding in findings}
