"""Run the stage on a set-up of the tests, in the real child process or in this one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from smokealarm.child.channel import encoded
from smokealarm.errors import Inconclusive, Place, Unasked
from smokealarm.finding import Finding, Picture
from smokealarm.memorize import opened
from smokealarm.memorize.session import run
from smokealarm.memorize.subject import Relay
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Changes, Workspace

ASKED = Place(".smokealarm.yaml", 3)
WRITTEN = Place(".smokealarm.yaml", 2, 12)
HERE = Path(__file__).parent
ALL = ("memorizes", "finite", "gradients_flow")


class Answer(NamedTuple):
    """What one check said."""

    findings: list[Finding]
    pictures: list[Picture]
    doubt: Inconclusive | None
    unasked: str = ""  # why

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
    asks = tuple(Ask(check=name, place=ASKED, options=options or {}) for name in checks or ALL)
    places = {"setup": WRITTEN}
    case = Case(stage="memorize", name="digits", place=ASKED, asks=asks, places=places)
    tell = (told if told is not None else []).append
    workspace = Workspace(root=root, changes=Changes(), tell=tell)
    with opened(case, workspace, setup=setup, **settings) as subject:
        return {ask.check: _answer(subject, ask) for ask in asks}


def ask_here(
    setup: str, *checks: str, options: dict[str, Any] | None = None, **settings: Any
) -> dict[str, Answer]:
    """The same without a child process: torch is loaded once for all programs of the tests."""
    asks = [Ask(check=name, place=ASKED) for name in checks or ALL]
    argument = {"case": "digits", "setup": setup, "steps": 200, "seeds": 3, "device": "auto"}
    argument |= {"seed": 0, "fault": ""}
    argument["asks"] = [{"check": ask.check, "options": options or {}} for ask in asks]
    messages: list[Any] = []
    run({**argument, **settings}, lambda message: messages.append(json.loads(encoded(message))))
    workspace = Workspace(root=HERE, changes=Changes())
    relay = Relay(iter(messages), asks, workspace, WRITTEN)
    return {ask.check: _answer(relay, ask) for ask in asks}


def _answer(subject: Any, ask: Ask) -> Answer:
    answer = Answer([], [], None)
    try:
        for sight in subject.ask(ask):
            (answer.findings if isinstance(sight, Finding) else answer.pictures).append(sight)
    except Inconclusive as doubt:
        return answer._replace(doubt=doubt)
    except Unasked as why:
        return answer._replace(unasked=why.message)
    return answer


def of_code(tmp_path: Path, code: str, *checks: str, **settings: Any) -> dict[str, Answer]:
    """The answers about `setup` of a file with this code."""
    (tmp_path / "train.py").write_text(code, encoding="utf-8")
    return ask_all("train:setup", *checks, root=tmp_path, **settings)


def of_code_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, *checks: str, **settings: Any
) -> dict[str, Answer]:
    """The same without a child process."""
    (tmp_path / "train.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "train", raising=False)
    return ask_here("train:setup", *checks, **settings)
