from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import FatalError
from tests.repositories import commit, git, make_repository


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


def test_a_branch_that_merged_its_base_does_not_answer_for_what_it_merged(root: Path) -> None:
    git(root, "merge", "--quiet", "--no-edit", "main")
    commit(root, {"d.py": ""})

    assert [file.path for file in changes.between(root, "main").files] == ["b.py", "d.py"]


def test_a_branch_upon_another_branch_is_compared_with_that_one(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "upon")
    commit(root, {"upon.py": ""})

    assert [file.path for file in changes.between(root, "branch").files] == ["upon.py"]


def test_a_merge_of_three_is_compared_with_its_first_parent(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "third", "main~1")
    commit(root, {"third.py": ""})
    git(root, "switch", "--quiet", "main")
    git(root, "merge", "--quiet", "--no-edit", "branch", "third")

    assert len(git(root, "rev-parse", "HEAD^@").split()) == 3
    changed = changes.between(root, "HEAD^1")
    assert [file.path for file in changed.files] == ["b.py", "third.py"]


def test_renames_copies_modes_and_deletions_are_told_apart(root: Path) -> None:
    text = "".join(f"line_{number} = {number}\n" for number in range(20))
    commit(root, {"moved.py": text, "copied.py": text * 2, "run": "#!/bin/sh\n", "gone.py": "x\n"})
    git(root, "mv", "moved.py", "here.py")
    git(root, "rm", "--quiet", "gone.py")
    git(root, "update-index", "--chmod=+x", "run")
    commit(root, {"copied.py": text * 2 + "end = 1\n", "copy.py": text * 2})

    changed = changes.between(root, "HEAD~1")

    told = {file.path: (file.base_path, file.blob == file.base_blob) for file in changed.files}
    assert told == {
        "copied.py": ("copied.py", False),
        "copy.py": ("", False),
        "here.py": ("moved.py", True),
        "run": ("run", True),
    }
    assert {gone.path: gone.reason for gone in changed.left_out} == {
        "gone.py": "it is deleted",
        "moved.py": "it is renamed to here.py",
    }


def test_a_rename_of_letter_case_only_is_a_rename(root: Path) -> None:
    git(root, "mv", "b.py", "B.py")
    commit(root)

    (file,) = changes.between(root, "HEAD~1").files
    assert (file.path, file.base_path) == ("B.py", "b.py")


def test_a_file_that_became_a_folder_is_both_gone_and_new(root: Path) -> None:
    git(root, "rm", "--quiet", "b.py")
    commit(root, {"b.py/inner.py": "x = 1\n"})

    changed = changes.between(root, "HEAD~1")

    assert [file.path for file in changed.files] == ["b.py/inner.py"]
    assert [file.path for file in changed.beside] == ["b.py"]


def test_a_link_that_became_a_file_is_a_new_file(root: Path) -> None:
    (root / "link.py").symlink_to("a.py")
    git(root, "add", "link.py")
    commit(root)
    (root / "link.py").unlink()
    commit(root, {"link.py": "x = 1\n"})

    (file,) = changes.between(root, "HEAD~1").files

    assert (file.path, file.base_path, file.base_blob) == ("link.py", "", "")


def test_more_files_than_any_interface_lists_are_all_there(root: Path) -> None:
    commit(root, {f"many/{number}.py": f"x = {number}\n" for number in range(1200)})

    assert len(changes.between(root, "HEAD~1").files) == 1200
