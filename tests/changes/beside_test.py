from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.workspace import Changes
from tests.repositories import commit, git, make_repository, stage, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {"a.py": "a = 1\n", "b.py": "b = 1\n", "run": "#!/bin/sh\necho\n"}
    root = make_repository(tmp_path / "repository", files)
    monkeypatch.chdir(root)
    return root


def _beside(changed: Changes) -> list[tuple[str, bool]]:
    return [(file.path, file.deleted) for file in changed.beside]


def test_an_edit_has_nothing_beside_it(root: Path) -> None:
    stage(root, {"a.py": "a = 2\n"})

    assert changes.staged(root).beside == ()


def test_a_deleted_file_is_beside_the_change_with_what_it_held(root: Path) -> None:
    git(root, "rm", "--quiet", "a.py", "run")
    stage(root, {"b.py": "b = 2\n"})

    changed = changes.staged(root)

    a, run = changed.beside
    assert (a.path, a.base_path, a.blob, a.deleted) == ("a.py", "a.py", "", True)
    assert git(root, "cat-file", "-p", a.base_blob) == "a = 1"
    assert (a.language, run.language) == ("python", "shell")
    assert [file.path for file in changed.files] == ["b.py"]


def test_every_kind_of_change_tells_of_deleted_files(root: Path) -> None:
    git(root, "rm", "--quiet", "a.py")
    (root / "b.py").unlink()
    assert _beside(changes.staged(root)) == [("a.py", True)]
    assert _beside(changes.working_tree(root)) == [("a.py", True), ("b.py", True)]

    commit(root)
    assert _beside(changes.between(root, "HEAD~1")) == [("a.py", True)]


def test_a_file_that_became_a_link_is_gone_too(root: Path) -> None:
    (root / "a.py").unlink()
    (root / "a.py").symlink_to("b.py")
    git(root, "add", "a.py")

    changed = changes.staged(root)

    assert _beside(changed) == [("a.py", True)]
    assert changed.files == ()
    assert [gone.reason for gone in changed.left_out] == ["it is a symbolic link"]


def test_a_deleted_link_held_no_code(root: Path) -> None:
    (root / "link.py").symlink_to("a.py")
    git(root, "add", "link.py")
    commit(root)
    git(root, "rm", "--quiet", "link.py")

    assert changes.staged(root).beside == ()


def test_staged_files_that_were_not_named_are_beside_those_that_were(root: Path) -> None:
    git(root, "mv", "run", "walk")
    stage(root, {"a.py": "a = 2\n", "b.py": "b = 2\n", "new.py": "n = 1\n"})

    changed = changes.given(root, ["a.py"])

    assert _beside(changed) == [("b.py", False), ("new.py", False), ("walk", False)]
    assert [file.path for file in changed.files] == ["a.py"]
    assert changed.paths() == {"a.py"}
    everything = changes.staged(root).files
    assert [file for file in everything if file.path != "a.py"] == list(changed.beside)


def test_what_is_in_a_named_folder_is_not_beside_itself(root: Path) -> None:
    stage(root, {"sub/c.py": "", "a.py": "a = 2\n"})
    git(root, "rm", "--quiet", "b.py")

    assert _beside(changes.given(root, ["."])) == [("b.py", True)]


def test_a_conflict_in_a_file_that_was_not_named_is_no_hindrance(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "side")
    commit(root, {"a.py": "a = 'theirs'\n"})
    git(root, "switch", "--quiet", "main")
    commit(root, {"a.py": "a = 'ours'\n"})
    git(root, "merge", "side", check=False)

    changed = changes.given(root, ["b.py"])

    assert ([file.path for file in changed.files], changed.beside) == (["b.py"], ())


def test_a_new_file_of_the_name_of_a_renamed_one_is_judged(root: Path) -> None:
    git(root, "mv", "a.py", "z.py")
    write(root, {"a.py": "quite = 'another'\n"})

    changed = changes.working_tree(root)

    assert [file.path for file in changed.files] == ["a.py", "z.py"]
    assert changed.left_out == ()
