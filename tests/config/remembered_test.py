"""The tree of a configuration: remembered, and read again as soon as anything differs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smokealarm import loading
from smokealarm.config import remembered
from smokealarm.config.remembered import tree_of
from smokealarm.errors import FatalError
from smokealarm.yaml_tree import parse
from tests.repositories import make_repository, stage

TEXT = b"""\
style:
  - files: "^src/\\u00e4"
    checks:
      - black
      - flake8: {select: [E9, F], odd: [1, -2.5, .inf, true, null, 2024-01-01, 0x1F, ""]}
"""


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was loaded to read YAML."""
    loaded: list[str] = []

    def watched(name: str) -> object:
        loaded.append(name)
        return loading.load(name)

    monkeypatch.setattr(remembered, "load", watched)
    return loaded


def kept() -> list[Path]:
    folder = Path(os.environ["SMOKEALARM_CACHE"]) / remembered.FOLDER
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "swept"]


def test_the_same_content_is_read_once_and_the_tree_is_the_same(readings: list[str]) -> None:
    first, second = tree_of(TEXT, "a.yaml"), tree_of(TEXT, "a.yaml")
    assert first == second == parse(TEXT, "a.yaml")
    assert repr(second) == repr(first)  # 1 is not True, and places are places
    assert readings == ["yaml_tree"]


@pytest.mark.parametrize(
    ("content", "name"),
    [(TEXT + b"#", "a.yaml"), (TEXT.replace(b"E9", b"E8"), "a.yaml"), (TEXT, "b.yaml")],
    ids=["a comment", "an option", "another name, which its complaints would tell"],
)
def test_it_is_read_again_after_a_change_of(readings: list[str], content: bytes, name: str) -> None:
    tree_of(TEXT, "a.yaml")
    assert tree_of(content, name) == parse(content, name)
    assert len(readings) == 2


def test_another_version_of_smokealarm_reads_it_again(
    readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree_of(TEXT, "a.yaml")
    monkeypatch.setattr(remembered, "__version__", "999.0")
    tree_of(TEXT, "a.yaml")
    assert len(readings) == 2


def test_another_reader_of_yaml_reads_it_again(
    readings: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation of PyYAML in another place, not even loaded: only the files are looked at."""
    tree_of(TEXT, "a.yaml")
    (tmp_path / "yaml.py").write_text("")
    monkeypatch.delitem(sys.modules, "yaml")
    monkeypatch.syspath_prepend(tmp_path)
    tree_of(TEXT, "a.yaml")
    assert len(readings) == 2


@pytest.mark.parametrize(
    "spoilt",
    [lambda all_of_it: b"", lambda all_of_it: all_of_it[:-3], lambda all_of_it: all_of_it + b"\0"],
    ids=["emptied", "cut short", "with more at its end"],
)
def test_a_memory_that_is_spoilt_is_no_memory(readings: list[str], spoilt: object) -> None:
    first = tree_of(TEXT, "a.yaml")
    (path,) = kept()
    path.write_bytes(spoilt(path.read_bytes()))  # type: ignore[operator]  # one of the above
    assert tree_of(TEXT, "a.yaml") == first
    assert tree_of(TEXT, "a.yaml") == first and len(readings) == 2  # and it is mended


def test_every_byte_of_the_memory_is_under_its_seal() -> None:
    first = tree_of(TEXT, "a.yaml")
    (path,) = kept()
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert tree_of(TEXT, "a.yaml") == first


def test_what_is_wrong_is_told_each_time(readings: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(FatalError, match="written twice"):
            tree_of(b"style: 1\nstyle: 2\n", "a.yaml")
    assert len(readings) == 2 and kept() == []


def test_a_number_that_cannot_be_kept_is_read_each_time(readings: list[str]) -> None:
    for _ in range(2):
        assert tree_of(b"a: %d\n" % 2**80, "a.yaml").plain() == {"a": 2**80}
    assert len(readings) == 2


def test_where_nothing_can_be_kept_it_is_read_each_time(
    readings: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("SMOKEALARM_CACHE", str(tmp_path / "file"))
    assert tree_of(TEXT, "a.yaml") == tree_of(TEXT, "a.yaml")
    assert len(readings) == 2


def test_a_hook_that_remembers_its_configuration_does_not_load_yaml(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "repository", {"a.txt": ""})
    stage(root, {"a.txt": "more\n", ".smokealarm.yaml": "style:\n  - checks: [flake8]\n"})
    program = (
        "import sys; from smokealarm.cli import main; code = main(['check', '--staged'])\n"
        "print('yaml' in sys.modules); sys.exit(code)"
    )
    command = [sys.executable, "-c", program]
    said = [
        subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60).stdout
        for _ in range(2)
    ]
    assert [text.splitlines()[-1] for text in said] == ["True", "False"]
    assert said[0].splitlines()[:-1] == said[1].splitlines()[:-1]
