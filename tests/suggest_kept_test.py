"""`smokealarm suggest lock` and `profile`: what they write, the checks of those names take."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from smokealarm.cli import main
from smokealarm.stage import FILE_NAME
from tests.repositories import make_repository

ROWS = "age,label,name\n" + "".join(f"{n % 70},{'ab'[n % 2]},n{n}\n" for n in range(2000))
CASE = """\
data:
  - name: train
    table: data/train.csv
    checks:
      - schema_lock: {lock: data/train.schema.json}
      - no_drift: {profile: data/train.profile.csv}
"""
LOCK = ["suggest", "lock", "data/train.csv"]
PROFILE = ["suggest", "profile", "data/train.csv"]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_repository(tmp_path / "repository", {"data/train.csv": ROWS, FILE_NAME: CASE})
    monkeypatch.chdir(made / "data")  # the paths count from the root all the same
    return made


def test_what_is_written_passes_on_its_own_table(root: Path) -> None:
    assert main([*LOCK, "--values-of", "label", "--write", "data/train.schema.json"]) == 0
    assert main([*PROFILE, "--leave-out", "name", "--write", "data/train.profile.csv"]) == 0
    assert main(["check", "--all"]) == 0
    assert "n1999" not in (root / "data" / "train.profile.csv").read_text()


def test_without_a_file_it_is_printed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*LOCK, "--values-of", "label"]) == 0
    columns = json.loads(capsys.readouterr().out)["columns"]
    assert [column.get("categories") for column in columns] == [None, ["a", "b"], None]
    assert main(PROFILE) == 0
    assert capsys.readouterr().out.startswith("column,kind,value,rows\nage,")
    assert sorted(path.name for path in (root / "data").iterdir()) == ["train.csv"]


def test_the_remedy_of_a_lock_is_a_command_that_locks_the_same_again(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*LOCK, "--values-of", "label", "--write", "data/train.schema.json"])
    main([*PROFILE, "--leave-out", "name", "--write", "data/train.profile.csv"])
    (root / "data" / "train.csv").write_text(ROWS.replace(",b,", ",c,", 1))
    capsys.readouterr()
    assert main(["check", "--all", "--format", "json"]) == 1
    outcomes = json.loads(capsys.readouterr().out)["outcomes"]
    (finding,) = (finding for outcome in outcomes for finding in outcome.get("findings", []))
    assert "label has values that are not locked: c" in finding["message"]
    assert "--values-of label" in finding["remedy"]
    command = finding["remedy"].partition("again: smokealarm ")[2]
    assert main(shlex.split(command)) == 0
    assert main(["check", "--all"]) == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param([*LOCK, "--values-of", "labl"], "there is no column labl", id="no column"),
        pytest.param([*PROFILE, "--leave-out", "x"], "there is no column x", id="nothing to leave"),
        pytest.param([*LOCK, "--values-of", "name"], "cannot be locked", id="too many values"),
        pytest.param([*LOCK, "--write", "data"], "is no ordinary file", id="a folder"),
        pytest.param([*LOCK, "--write", "data/train.csv/x"], "cannot write", id="below a file"),
        pytest.param(["suggest", "lock", "data/none.csv"], "none.csv", id="no table"),
        pytest.param(["suggest", "lock", "data/empty.parquet"], "empty", id="a damaged table"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_lost(
    root: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    (root / "data" / "empty.parquet").write_bytes(b"")
    before = sorted(path.name for path in (root / "data").iterdir())
    assert main(words) == 2
    assert told in capsys.readouterr().err
    assert sorted(path.name for path in (root / "data").iterdir()) == before


def test_a_table_that_was_not_fetched_is_inconclusive(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"
    (root / "data" / "train.csv").write_text(pointer)
    assert main([*LOCK, "--write", "data/train.schema.json"]) == 3
    assert "git lfs pull" in capsys.readouterr().err
    assert not (root / "data" / "train.schema.json").exists()
