"""Which changes concern a data case: those to its tables, as git sees them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.repositories import make_repository, stage, write

CONFIG = """\
data:
  - table: {table}
    checks:
      - expect_column_values_to_not_be_null: {{column: label}}
"""
FILES = {"data/train.csv": "label\n1\n", "data/test.csv": "label\n1\n", "a.py": "a = 1\n"}


def plan(root: Path) -> str:
    """The plan's line about the only case."""
    command = [sys.executable, "-m", "smokealarm", "config", "--stage", "data"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if "run" in line.split(":")[0]]
    return line.strip()


def repository(root: Path, table: str = "data/train.csv") -> Path:
    return make_repository(root, {**FILES, ".smokealarm.yaml": CONFIG.format(table=table)})


def test_a_change_elsewhere_does_not_concern_a_table(tmp_path: Path) -> None:
    stage(repository(tmp_path), {"a.py": "a = 2\n", "data/train.csv.md": "About it.\n"})
    told = "does not run: no change to data/train.csv; --all runs it all the same"
    assert plan(tmp_path) == told


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ("data/train.csv", "runs: data/train.csv changed"),
        (".smokealarm.yaml", "runs: .smokealarm.yaml changed"),
    ],
)
def test_a_change_of_the_table_or_of_its_checks_does(
    tmp_path: Path, changed: str, why: str
) -> None:
    content = (repository(tmp_path) / changed).read_text()
    stage(tmp_path, {changed: content + "\n"})
    assert plan(tmp_path) == why


@pytest.mark.parametrize("table", ["generated/train.csv", "./generated/../generated/train.csv"])
def test_a_table_that_git_does_not_know_is_always_checked(tmp_path: Path, table: str) -> None:
    repository(tmp_path, table)
    stage(tmp_path, {".gitignore": "generated/\n", "a.py": "a = 2\n"})
    write(tmp_path, {"generated/train.csv": "label\n1\n"})
    assert plan(tmp_path).startswith("runs: it has no `files:`")


@pytest.mark.parametrize("table", ["{root}/data/train.csv", "*.csv"])
def test_a_table_that_may_be_anywhere_is_always_checked(tmp_path: Path, table: str) -> None:
    stage(repository(tmp_path, f'"{table.format(root=tmp_path)}"'), {"a.py": "a = 2\n"})
    assert plan(tmp_path).startswith("runs: it has no `files:`")


def test_a_table_within_a_file_is_known_by_the_file(tmp_path: Path) -> None:
    stage(repository(tmp_path, "data/app.db::users"), {"a.py": "a = 2\n", "data/app.db": "x"})
    assert plan(tmp_path) == "runs: data/app.db changed"


def test_a_file_whose_own_name_has_two_colons_is_itself(tmp_path: Path) -> None:
    stage(repository(tmp_path, "data/a::b.csv"), {"a.py": "a = 2\n", "data/a::b.csv": "label\n1\n"})
    assert plan(tmp_path) == "runs: data/a::b.csv changed"
