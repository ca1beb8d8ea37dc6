"""Plug-ins of flake8 that a project keeps in its own repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import Inconclusive
from smokealarm.style.tools.local_plugins import folders
from tests.repositories import commit, git, make_repository, stage, write
from tests.style.judging import ask, judged, told

PLUGIN = (
    "from rules import NAME\n\n\nclass Plugin:\n    name, version = 'mine', '1'\n\n"
    "    def __init__(self, tree):\n        pass\n\n"
    "    def run(self):\n        yield 1, 0, f'MIN001 {NAME}', type(self)\n"
)
FLAKE8 = "[flake8]\nselect = MIN\n[flake8:local-plugins]\nextension =\n  MIN = mine:Plugin\npaths = lint\n"
FILES = {".flake8": FLAKE8, "lint/mine.py": PLUGIN, "lint/rules.py": "NAME = 'ours'\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", FILES)


def messages(root: Path) -> list[str]:
    return [one.message for one in judged(root, ask("flake8"), files="^src/", scope="files")]


def test_a_plugin_that_is_not_asked_for_says_nothing(root: Path) -> None:
    stage(root, {".flake8": "[flake8]\nselect = F\n", "src/a.py": "x = 1\n"})

    assert messages(root) == []


def test_a_plugin_judges_with_all_that_it_imports(root: Path) -> None:
    stage(root, {"src/a.py": "x = 1\n"})

    assert messages(root) == ["MIN001 ours"]


def test_an_edit_of_the_plugin_is_judged_with_and_nothing_is_remembered_wrongly(root: Path) -> None:
    stage(root, {"src/a.py": "x = 1\n"})
    assert messages(root) == ["MIN001 ours"]

    stage(root, {"lint/rules.py": "NAME = 'new'\n"})

    assert messages(root) == ["MIN001 new"]


def test_the_plugin_is_the_staged_one(root: Path) -> None:
    stage(root, {"src/a.py": "x = 1\n"})
    write(root, {"lint/rules.py": "NAME = 'only on disk'\n"})

    assert messages(root) == ["MIN001 ours"]


def test_the_plugin_of_a_commit_that_is_not_checked_out(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "side")
    commit(root, {"lint/rules.py": "NAME = 'side'\n", "src/a.py": "x = 1\n"})
    git(root, "switch", "--quiet", "main")

    found = judged(
        root,
        ask("flake8"),
        files="^src/",
        changed=lambda root: changes.between(root, "main", "side"),
    )

    assert told(found) == [("src/a.py", 1, "MIN001")]
    assert found[0].message == "MIN001 side"


def test_a_plugin_that_is_missing_gives_no_verdict(root: Path) -> None:
    git(root, "rm", "--quiet", "lint/mine.py")
    stage(root, {"src/a.py": "x = 1\n"})

    with pytest.raises(Inconclusive, match="flake8 failed"):
        messages(root)


def test_a_plugin_that_crashes_gives_no_verdict(root: Path) -> None:
    stage(root, {"lint/rules.py": "NAME = 1 / 0\n", "src/a.py": "x = 1\n"})

    with pytest.raises(Inconclusive, match="flake8 failed"):
        messages(root)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("paths = lint", ["lint"]),
        ("paths = ./lint/, tools/more", ["lint", "tools/more"]),
        ("paths =\n    lint\n    tools", ["lint", "tools"]),
        ("paths = .", [""]),
        ("paths = .lint", [".lint"]),
        ("paths = ../elsewhere, /absolute, lint", ["lint"]),
        ("extension = x", []),
    ],
)
def test_the_folders_that_are_named(written: str, meant: list[str]) -> None:
    assert list(folders(f"[flake8:local-plugins]\n{written}\n".encode())) == meant


@pytest.mark.parametrize("content", [b"", b"no section", b"[a]\nx=1\nx=2\n", b"\xff\xfe["])
def test_what_is_no_configuration_names_none(content: bytes) -> None:
    assert list(folders(content)) == []
