"""Run the stage on a set-up of the tests, in the real child process."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from smokealarm.errors import Inconclusive, Place
from smokealarm.finding import Finding, Picture
from smokealarm.memorize import opened
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Changes, Workspace

HERE = Path(__file__).parent
ALL = ("memorizes", "finite", "gradients_flow")


class Answer(NamedTuple):
    """What one check said."""

    findings: list[Finding]
    pictures: list[Picture]
    doubt: Inconclusive | None

    @property
    def messages(self) -> list[str]:
        return [finding.message for finding in self.findings]


def ask_all(
    setup: str,
    *checks: str,
    root: Path = HERE,
    options: dict[str, Any] | None = None,
    told: list[str] | None = None,
    **settings: Any,
) -> dict[str, Answer]:
    """The answers of the checks (all but the opt-in ones where none is named), by name."""
    place = Place(".smokealarm.yaml", 3)
    names = checks or ALL
    asks = tuple(Ask(check=name, place=place, options=options or {}) for name in names)
    places = {"setup": Place(".smokealarm.yaml", 2, 12)}
    case = Case(stage="memorize", name="digits", place=place, asks=asks, places=places)
    tell = (told if told is not None else []).append
    workspace = Workspace(root=root, changes=Changes(), tell=tell)
    with opened(case, workspace, setup=setup, **settings) as subject:
        return {ask.check: _answer(subject, ask) for ask in asks}


def _answer(subject: Any, ask: Ask) -> Answer:
    answer = Answer([], [], None)
    try:
        for sight in subject.ask(ask):
            (answer.findings if isinstance(sight, Finding) else answer.pictures).append(sight)
    except Inconclusive as doubt:
        return answer._replace(doubt=doubt)
    return answer


def of_code(tmp_path: Path, code: str, *checks: str, **settings: Any) -> dict[str, Answer]:
    """The answers about `setup` of a file with this code."""
    (tmp_path / "train.py").write_text(code, encoding="utf-8")
    return ask_all("train:setup", *checks, root=tmp_path, **settings)
