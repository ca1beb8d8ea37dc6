"""Repositories that are set up in another way than a plain clone of one project."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import FatalError
from smokealarm.git import contents
from smokealarm.workspace import Changes
from tests.repositories import clone, commit, git, make_repository, stage, write

FILES = {"a.py": "a = 1\n", "sub/b.py": "b = 1\n", "other/run": "#!/bin/sh\n", "other/c.py": "c\n"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_repository(tmp_path / "repository", FILES)
    monkeypatch.chdir(root)
    return root


def _paths(changed: Changes) -> list[str]:
    return [file.path for file in changed.files]


class TestWorktree:
    def test_has_an_index_of_its_own(self, root: Path, tmp_path: Path) -> None:
        other = tmp_path / "new\nline"
        git(root, "worktree", "add", "--quiet", "-b", "other", str(other))
        stage(other, {"a.py": "a = 2\n"})

        assert changes.root_of(other / "sub") == other
        assert _paths(changes.staged(other)) == ["a.py"]
        assert changes.staged(root).files == ()

    def test_a_bare_repository_is_refused(self, root: Path, tmp_path: Path) -> None:
        bare = clone(root, tmp_path / "bare", "--bare")

        with pytest.raises(FatalError, match="has no working tree") as refusal:
            changes.root_of(bare)
        assert "git worktree add" in refusal.value.remedy


class TestSha256:
    def test_every_way_to_say_what_changed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = tmp_path / "long"
        root.mkdir()
        monkeypatch.chdir(root)
        git(root, "init", "--quiet", "--initial-branch=main", "--object-format=sha256")
        stage(root, {"a.py": "a = 1\n"})
        assert _paths(changes.staged(root)) == ["a.py"]
        assert _paths(changes.working_tree(root)) == ["a.py"]
        commit(root)
        stage(root, {"a.py": "a = 2\n"})

        changed = changes.staged(root)

        assert len(changed.base) == 64
        assert changes.given(root, ["a.py"]).files == changed.files
        commit(root)
        assert changes.between(root, "HEAD~1").files == changed.files

    def test_a_shallow_clone_is_deepened(self, tmp_path: Path) -> None:
        remote = tmp_path / "long"
        remote.mkdir()
        git(remote, "init", "--quiet", "--initial-branch=main", "--object-format=sha256")
        first = commit(remote, {"a.py": "a = 1\n"})
        commit(remote, {"b.py": ""})
        root = clone(remote, tmp_path / "clone", "--depth=1")

        assert _paths(changes.between(root, first)) == ["b.py"]


class TestSparseCheckout:
    @pytest.mark.parametrize("index", ["--no-sparse-index", "--sparse-index"])
    def test_what_is_not_on_disk_is_judged_and_not_called_deleted(
        self, root: Path, index: str
    ) -> None:
        git(root, "sparse-checkout", "set", "--cone", index, "sub")
        assert not (root / "other").exists()
        stage(root, {"sub/b.py": "b = 2\n"})

        for changed in (changes.staged(root), changes.working_tree(root)):
            assert _paths(changed) == ["sub/b.py"]
            assert (changed.left_out, changed.beside) == ((), ())
        assert _paths(changes.whole_tree(root)) == ["a.py", "other/c.py", "other/run", "sub/b.py"]
        assert _paths(changes.given(root, ["other"])) == ["other/c.py", "other/run"]

    def test_a_commit_to_what_is_not_on_disk_is_seen(self, root: Path, tmp_path: Path) -> None:
        commit(root, {"other/run": "#!/bin/sh\necho\n"})
        sparse = clone(root, tmp_path / "sparse", "--sparse")
        assert not (sparse / "other").exists()

        (file,) = changes.between(sparse, "HEAD~1").files

        assert (file.path, file.language) == ("other/run", "shell")


class TestPartialClone:
    @pytest.fixture
    def partial(self, root: Path, tmp_path: Path) -> Path:
        """A clone that has no content but that of the files on disk."""
        git(root, "config", "uploadpack.allowFilter", "true")
        commit(root, {"a.py": "a = 2\n", "other/run": "#!/bin/sh\necho\n"})
        git(root, "rm", "--quiet", "-r", "sub")
        commit(root)
        return clone(root, tmp_path / "partial", "--filter=blob:none")

    def test_what_is_missing_is_fetched_at_once(
        self, partial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))

        changed = changes.between(partial, "HEAD~2")
        contents(partial, [file.base_blob for file in (*changed.files, *changed.beside)])

        assert _paths(changed) == ["a.py", "other/run"]
        assert [file.path for file in changed.beside] == ["sub/b.py"]
        trace = (tmp_path / "trace").read_text()
        assert trace.count("built-in: git fetch") == 1

    def test_a_commit_that_is_nowhere_is_refused(self, partial: Path) -> None:
        with pytest.raises(FatalError, match="there is no commit 1111"):
            changes.between(partial, "1" * 40)


class TestSubmodule:
    @pytest.fixture
    def sub(self, root: Path, tmp_path: Path) -> Path:
        other = make_repository(tmp_path / "other", {"x.py": "x = 1\n"})
        allowed = ("-c", "protocol.file.allow=always")
        git(root, *allowed, "submodule", "--quiet", "add", str(other), "sub module")
        commit(root)
        return root / "sub module"

    def test_edits_inside_of_it_are_its_own(self, root: Path, sub: Path) -> None:
        write(sub, {"x.py": "x = 2\n", "new.py": ""})

        changed = changes.working_tree(root)

        assert (changed.files, changed.left_out) == ((), ())

    @pytest.mark.parametrize("ignored", ["none", "all"])
    def test_another_commit_of_it_is_told_and_not_judged(
        self, root: Path, sub: Path, ignored: str
    ) -> None:
        git(root, "config", "submodule.sub module.ignore", ignored)
        commit(sub, {"x.py": "x = 2\n"})

        on_disk = changes.working_tree(root)
        git(root, "update-index", "sub module")
        staged = changes.staged(root)
        given = changes.given(root, ["sub module"])

        for changed in (on_disk, staged, given):
            assert (changed.files, changed.beside) == ((), ())
            (left_out,) = changed.left_out
            assert left_out.path == "sub module" and "submodule" in left_out.reason

    def test_a_root_inside_of_it_is_its_own(self, sub: Path) -> None:
        assert changes.root_of(sub) == sub


def test_a_repository_of_another_user_is_refused_with_what_trusts_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    with pytest.raises(FatalError, match="belongs to another user") as refusal:
        changes.root_of(root)
    assert f"git config --global --add safe.directory {root}" in refusal.value.remedy

    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.directory")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "*")
    assert changes.root_of(root) == root


CONFIGURATIONS = {
    "an external diff": {"diff.external": "false"},
    "no prefix": {"diff.noprefix": "true", "diff.mnemonicPrefix": "true"},
    "relative": {"diff.relative": "true"},
    "no renames": {"diff.renames": "false", "diff.renameLimit": "1"},
    "quoted paths": {"core.quotePath": "true"},
    "an order of files": {"diff.orderFile": "/dev/null"},
    "a monitor that saw nothing": {"core.fsmonitor": "printf x"},
    "no index refresh": {"core.trustctime": "false", "core.checkStat": "minimal"},
    "another filter for a driver": {"diff.python.textconv": "false", "diff.python.binary": "true"},
    "words and colours": {"color.ui": "always", "diff.wordRegex": ".", "core.pager": "false"},
    "submodules ignored": {"diff.ignoreSubmodules": "all"},
}


@pytest.mark.parametrize("settings", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_the_users_configuration_changes_nothing(root: Path, settings: dict[str, str]) -> None:
    commit(root, {".gitattributes": "*.py diff=python\n", "long.py": "x = 1\n" * 50})
    git(root, "status", "--short")
    git(root, "mv", "long.py", "sub/ä b.py")
    write(root, {"a.py": "a = 'edited'\n"})
    expected = changes.staged(root), changes.working_tree(root)
    assert [len(changed.files) for changed in expected] == [1, 2]

    for key, value in settings.items():
        git(root, "config", key, value)

    assert (changes.staged(root), changes.working_tree(root)) == expected


def test_a_file_that_cannot_be_read_is_left_out_with_the_reason(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is made up, because CI runs as root, who may read everything."""

    def refuse(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    write(root, {"secret.py": ""})
    monkeypatch.setattr("smokealarm.changes.peeks.on_disk", refuse)

    changed = changes.working_tree(root)

    assert changed.files == ()
    assert [gone.reason for gone in changed.left_out] == ["it cannot be read: permission denied"]
