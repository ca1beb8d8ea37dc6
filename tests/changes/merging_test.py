from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import FatalError
from smokealarm.workspace import Changes
from tests.repositories import commit, git, make_repository, stage, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`one` and `two` are about to be merged into main, which went on."""
    root = make_repository(tmp_path / "repository", {"a.py": "a = 1\n", "b.py": "b = 1\n"})
    for name in ("one", "two"):
        git(root, "switch", "--quiet", "--create", name, "main")
        commit(root, {f"{name}.py": "x = 'theirs'\n"})
    git(root, "switch", "--quiet", "one")
    commit(root, {"b.py": "b = 'theirs'\n"})
    git(root, "switch", "--quiet", "main")
    commit(root, {"a.py": "a = 'ours'\n"})
    monkeypatch.chdir(root)
    return root


def _paths(changed: Changes) -> list[str]:
    return [file.path for file in changed.files]


def test_a_merge_that_adds_nothing_changes_nothing(root: Path) -> None:
    git(root, "merge", "--quiet", "--no-commit", "one")

    assert changes.staged(root).files == changes.working_tree(root).files == ()


def test_a_merge_of_three_adds_only_what_differs_from_all(root: Path) -> None:
    git(root, "merge", "--quiet", "--no-commit", "one", "two")
    assert changes.staged(root).files == ()

    stage(root, {"one.py": "x = 'mended'\n"})
    assert _paths(changes.staged(root)) == ["one.py"]


def test_an_edit_on_disk_during_a_merge_is_ones_own(root: Path) -> None:
    git(root, "merge", "--quiet", "--no-commit", "one")
    write(root, {"b.py": "b = 'mine'\n"})

    assert _paths(changes.working_tree(root)) == ["b.py"]


def test_a_file_that_a_merge_brings_adds_nothing_when_it_is_named(root: Path) -> None:
    git(root, "merge", "--quiet", "--no-commit", "one")

    changed = changes.given(root, ["b.py", "one.py"])

    assert _paths(changed) == ["b.py", "one.py"]
    assert all(file.blob and file.blob == file.base_blob for file in changed.files)


def test_a_resolved_conflict_is_judged_against_the_last_commit(root: Path) -> None:
    commit(root, {"b.py": "b = 'ours'\n"})
    git(root, "merge", "one", check=False)
    with pytest.raises(FatalError, match="b.py has an unresolved merge conflict"):
        changes.working_tree(root)
    with pytest.raises(FatalError, match="b.py has an unresolved merge conflict"):
        changes.given(root, ["b.py"])

    stage(root, {"b.py": "b = 'both'\n"})

    (file,) = changes.staged(root).files
    assert git(root, "cat-file", "-p", file.base_blob) == "b = 'ours'"
    assert changes.given(root, ["b.py"]).files == (file,)


def test_a_commit_that_is_picked_is_all_ones_own(root: Path) -> None:
    git(root, "cherry-pick", "--no-commit", "two")

    assert _paths(changes.staged(root)) == ["two.py"]


def test_a_merge_in_a_worktree_of_its_own_is_seen_there_only(root: Path, tmp_path: Path) -> None:
    git(root, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "other"), "main")
    git(tmp_path / "other", "merge", "--quiet", "--no-commit", "one")
    stage(root, {"b.py": "b = 2\n"})

    assert changes.staged(tmp_path / "other").files == ()
    assert _paths(changes.staged(root)) == ["b.py"]
