"""A small real repository with a suite and a model, and what the stage says of a change in it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from smokealarm.errors import Place
from smokealarm.finding import Finding, Level, Table
from smokealarm.loading import load
from smokealarm.regress.suite import content_id
from smokealarm.results import Outcome
from smokealarm.run_case import run_case
from smokealarm.stage import Ask, Case
from smokealarm.workspace import ChangedFile, Changes, Workspace

SUITE = "suites/parity.jsonl"
CONFIG = ".smokealarm.yaml"
EVEN_OR_ODD = "def load():\n    return lambda batch: [n % 2 for n in batch]\n"
PLACES = {"model": Place(CONFIG, 3, 12), "suite": Place(CONFIG, 4, 12)}


def line(value: Any, expected: Any, **more: Any) -> str:
    return json.dumps({"id": content_id(value), "input": value, "expected": expected, **more})


def parity(count: int = 200, **relabelled: int) -> str:
    """A suite that asks of each number whether it is odd."""
    return "".join(line(n, relabelled.get(f"n{n}", n % 2)) + "\n" for n in range(count))


def wrong_for(wrong: str) -> str:
    """A model that is wrong where the condition on n holds."""
    return (
        f"def load():\n    return lambda batch: [1 - n % 2 if {wrong} else n % 2 for n in batch]\n"
    )


class Repository(NamedTuple):
    root: Path

    def write(self, files: Mapping[str, str]) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")

    def commit(self) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        self._git("add", "--all")
        self._git(*who, "commit", "--quiet", "--allow-empty", "--message", "a change")
        return self._git("rev-parse", "HEAD").strip()

    def _git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True
        ).stdout

    def asked(
        self,
        base: str,
        options: Mapping[str, Any] = {},
        renamed: tuple[ChangedFile, ...] = (),
        check: str = "no_worse",
        everything: bool = False,
        **settings: Any,
    ) -> Outcome:
        """What comes of asking the check of the working tree."""
        ask = Ask(check=check, place=Place(CONFIG, 6, 9), options=options)
        case = Case(
            stage="regress",
            name="parity",
            place=Place(CONFIG, 2, 5),
            asks=(ask,),
            settings={"model": "odd:load", "suite": SUITE, **settings},
            places=PLACES,
        )
        changes = Changes(base=base, files=renamed, everything=everything)
        (told,) = run_case(case, Workspace(root=self.root, changes=changes), load("regress"))
        assert isinstance(told, Outcome)
        return told


def created(root: Path) -> Repository:
    subprocess.run(["git", "init", "--quiet", str(root)], check=True, capture_output=True)
    return Repository(root)


def after(
    root: Path, before: Mapping[str, str], change: Mapping[str, str], **asked: Any
) -> Outcome:
    """What comes of a change to a repository that had a right model of 200 examples before."""
    repository = created(root)
    repository.write({"odd.py": EVEN_OR_ODD, SUITE: parity(), **before})
    base = repository.commit()
    repository.write(change)
    return repository.asked(base, **asked)


def of_level(outcome: Outcome, level: Level) -> list[Finding]:
    return [finding for finding in outcome.findings if finding.level is level]


def tables(outcome: Outcome) -> list[Table]:
    return [picture for picture in outcome.pictures if isinstance(picture, Table)]
