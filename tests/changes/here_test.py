"""Where the repository stands, asked of git in one question."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.changes import here
from smokealarm.errors import FatalError
from tests.repositories import commit, git, make_repository


@pytest.mark.parametrize("name", ["plain", "two words", "new\nline", "true\ntrue"])
def test_the_top_and_the_last_commit_are_told_of_any_folder(tmp_path: Path, name: str) -> None:
    root = make_repository(tmp_path / name, {"sub/a.txt": ""})
    last = git(root, "rev-parse", "HEAD").strip()
    for folder in (root, root / "sub"):
        assert here(folder) == (root.resolve(), last, ())


def test_before_the_first_commit_there_is_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "one\ntwo")
    git(tmp_path, "init", "--quiet", "plain")
    for name in ("plain", "one\ntwo"):
        assert here(tmp_path / name) == ((tmp_path / name).resolve(), "", ())


def test_what_is_merged_is_told_in_a_folder_below_too(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "repository", {"sub/a.txt": ""})
    git(root, "switch", "--quiet", "--create", "other")
    theirs = commit(root, {"b.txt": ""})
    git(root, "switch", "--quiet", "-")
    commit(root, {"c.txt": ""})
    git(root, "merge", "--quiet", "--no-commit", "--no-ff", "other")
    assert here(root / "sub").merged == here(root).merged == (theirs,)


def test_outside_of_a_repository_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="is not in a git repository"):
        here(tmp_path)
