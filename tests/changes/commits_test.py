from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import FatalError
from tests.repositories import clone, commit, git, make_repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """main has gone on since the branch left it."""
    root = make_repository(tmp_path / "repository", {"a.py": "a = 1\n"})
    git(root, "switch", "--quiet", "--create", "branch")
    commit(root, {"b.py": "b = 1\n"})
    git(root, "switch", "--quiet", "main")
    commit(root, {"c.py": "c = 1\n"})
    git(root, "switch", "--quiet", "branch")
    return root


def test_nothing_lies_between_a_commit_and_itself(root: Path) -> None:
    assert changes.between(root, "HEAD").files == ()


def test_a_branch_changes_what_it_adds_since_it_left_its_base(root: Path) -> None:
    changed = changes.between(root, "main")

    assert [file.path for file in changed.files] == ["b.py"]
    assert changed.base == git(root, "merge-base", "main", "HEAD")
    assert changed.head == git(root, "rev-parse", "HEAD")
    assert changed.described == "main...HEAD"


def test_a_head_that_is_not_checked_out_is_judged_by_its_own_gitattributes(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "marked")
    commit(root, {".gitattributes": "d.py linguist-generated\n", "d.py": "d = 1\n"})
    git(root, "switch", "--quiet", "main")

    changed = changes.between(root, "branch", "marked")

    assert [file.path for file in changed.files] == [".gitattributes"]
    assert [gone.path for gone in changed.left_out] == ["d.py"]


def test_a_base_that_does_not_exist_is_refused_with_the_command_that_fetches_it(root: Path) -> None:
    git(root, "remote", "add", "origin", str(root))

    with pytest.raises(FatalError, match="there is no commit origin/nope") as refusal:
        changes.between(root, "origin/nope")
    assert "git fetch origin nope:refs/remotes/origin/nope" in refusal.value.remedy


def test_a_base_that_looks_like_an_option_is_no_option(root: Path) -> None:
    with pytest.raises(FatalError, match="there is no commit --all"):
        changes.between(root, "--all")


def test_a_shallow_clone_without_the_base_is_refused_and_the_remedy_mends_it(
    root: Path, tmp_path: Path
) -> None:
    shallow = clone(
        root, tmp_path / "shallow", "--depth=1", "--no-single-branch", "--branch=branch"
    )

    with pytest.raises(FatalError, match="this shallow clone does not reach back") as refusal:
        changes.between(shallow, "origin/main")

    command = refusal.value.remedy.partition(": git ")[2]
    git(shallow, *command.split())
    assert [file.path for file in changes.between(shallow, "origin/main").files] == ["b.py"]


def test_a_shallow_clone_of_one_branch_is_mended_by_its_remedy_too(
    root: Path, tmp_path: Path
) -> None:
    shallow = clone(root, tmp_path / "shallow", "--depth=1", "--branch=branch")

    with pytest.raises(FatalError, match="there is no commit origin/main") as refusal:
        changes.between(shallow, "origin/main")

    git(shallow, *refusal.value.remedy.partition(": git ")[2].split())
    assert [file.path for file in changes.between(shallow, "origin/main").files] == ["b.py"]


def test_histories_without_a_common_commit_are_refused(root: Path) -> None:
    git(root, "switch", "--quiet", "--orphan", "other")
    commit(root, {"x.py": ""})

    with pytest.raises(FatalError, match="no history in common") as refusal:
        changes.between(root, "main")
    assert "--base" in refusal.value.remedy


def test_a_repository_without_commits_has_nothing_to_compare(tmp_path: Path) -> None:
    root = make_repository(tmp_path)

    with pytest.raises(FatalError, match="there is no commit HEAD"):
        changes.between(root, "main")
