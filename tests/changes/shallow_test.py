from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import psutil
import pytest

from smokealarm import changes
from smokealarm.changes import fetching
from smokealarm.errors import FatalError
from smokealarm.workspace import Changes
from tests.repositories import clone, commit, git, make_repository


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """`branch` left `main` two commits ago on one side, and two on the other."""
    root = make_repository(tmp_path / "remote", {"a.py": "a = 1\n"})
    _go_on(root, "before", 3)
    git(root, "switch", "--quiet", "--create", "branch")
    _go_on(root, "branch", 2)
    git(root, "switch", "--quiet", "main")
    _go_on(root, "main", 2)
    return root


def _go_on(root: Path, name: str, times: int) -> None:
    for number in range(times):
        commit(root, {f"{name}.py": f"x = {number}\n"})


def _go_far(root: Path, times: int) -> None:
    """So many commits on main, at once."""
    who = "Nobody <nobody@example.org> 1700000000 +0000"
    one = f"commit refs/heads/main\ncommitter {who}\ndata 0\n"
    first = one + "from refs/heads/main^0\n"
    stream = (first + one * (times - 1)).encode()
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, input=stream, check=True)


def _path() -> str:
    return os.environ["PATH"]


def _paths(changed: Changes) -> list[str]:
    return [file.path for file in changed.files]


def _state(root: Path) -> dict[str, str]:
    """Every file of the clone but its objects and where its history ends."""
    files = [path for path in root.rglob("*") if path.is_file() and "objects" not in path.parts]
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.name != "shallow"
    }


def _unplug(root: Path) -> str:
    """The remote cannot be reached any more. Returns its address."""
    url = git(root, "config", "remote.origin.url")
    git(root, "config", "remote.origin.url", "file:///nowhere")
    return url


def test_a_clone_that_is_deep_enough_is_not_deepened(
    remote: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = clone(remote, tmp_path / "clone", "--depth=5", "--no-single-branch", "--branch=branch")
    before = (root / ".git" / "shallow").read_bytes()

    assert _paths(changes.between(root, "origin/main")) == ["branch.py"]
    assert (root / ".git" / "shallow").read_bytes() == before
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("base", ["origin/main", "main", "refs/remotes/origin/main", "released"])
def test_a_base_that_was_never_fetched_is_fetched_with_its_history(
    remote: Path, tmp_path: Path, base: str
) -> None:
    git(remote, "tag", "--annotate", "--message=1.0", "released", "main")
    root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=branch", "--no-tags")

    changed = changes.between(root, base)

    assert _paths(changed) == ["branch.py"]
    assert changed.base == git(remote, "merge-base", "main", "branch")


def test_a_base_that_is_a_commit_is_fetched_by_its_name(remote: Path, tmp_path: Path) -> None:
    root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=branch")

    assert _paths(changes.between(root, git(remote, "rev-parse", "main~1"))) == ["branch.py"]


def test_an_ancestor_is_reached_by_deepening(remote: Path, tmp_path: Path) -> None:
    root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=branch")

    assert changes.between(root, "HEAD~2").base == git(remote, "rev-parse", "branch~2")


def test_an_ancestor_beyond_the_first_commit_is_refused(remote: Path, tmp_path: Path) -> None:
    root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=branch")

    with pytest.raises(FatalError, match="there is no commit HEAD~99"):
        changes.between(root, "HEAD~99")


def test_a_fork_that_is_far_back_is_found(tmp_path: Path) -> None:
    far = make_repository(tmp_path / "far", {"a.py": ""})
    git(far, "branch", "branch")
    _go_far(far, 700)
    git(far, "switch", "--quiet", "branch")
    commit(far, {"b.py": ""})
    root = clone(far, tmp_path / "clone", "--depth=1", "--no-single-branch", "--branch=branch")

    assert _paths(changes.between(root, "origin/main")) == ["b.py"]


def test_nothing_but_objects_is_added_to_the_clone(remote: Path, tmp_path: Path) -> None:
    root = clone(remote, tmp_path / "clone", "--depth=1", "--no-single-branch", "--branch=branch")
    git(remote, "switch", "--quiet", "main")
    commit(remote, {"later.py": ""})
    git(remote, "tag", "later")
    git(root, "config", "fetch.prune", "true")
    git(root, "config", "remote.origin.tagOpt", "--tags")
    (root / "a.py").write_text("a = 'not committed'\n")
    before = _state(root)

    changes.between(root, git(remote, "rev-parse", "main"))
    changes.between(root, "origin/main")

    assert _state(root) == before


def test_a_fork_that_only_looks_like_the_newest_is_not_believed(tmp_path: Path) -> None:
    """A long side branch was merged into main; ours left that side branch, not main."""
    remote = make_repository(tmp_path / "remote", {"a.py": ""})
    git(remote, "switch", "--quiet", "--create", "side")
    commit(remote, {"side.py": "theirs = 1\n"})
    git(remote, "switch", "--quiet", "--create", "branch")
    commit(remote, {"ours.py": ""})
    git(remote, "switch", "--quiet", "side")
    _go_on(remote, "more", 6)
    git(remote, "switch", "--quiet", "main")
    git(remote, "merge", "--quiet", "--no-ff", "--no-edit", "side")
    root = clone(remote, tmp_path / "clone", "--depth=3", "--no-single-branch", "--branch=branch")
    assert git(root, "merge-base", "origin/main", "HEAD") == git(remote, "rev-parse", "main~1")

    assert _paths(changes.between(root, "origin/main")) == ["ours.py"]


def test_commits_that_the_remote_never_saw_are_no_hindrance(remote: Path, tmp_path: Path) -> None:
    root = clone(remote, tmp_path / "clone", "--depth=1", "--no-single-branch", "--branch=branch")
    commit(root, {"local.py": ""})

    assert _paths(changes.between(root, "origin/main")) == ["branch.py", "local.py"]


def test_without_the_remote_it_is_refused_and_the_remedy_mends_it(
    remote: Path, tmp_path: Path
) -> None:
    root = clone(remote, tmp_path / "clone", "--depth=1", "--no-single-branch", "--branch=branch")
    url = _unplug(root)

    with pytest.raises(FatalError, match="this shallow clone does not reach back") as refusal:
        changes.between(root, "origin/main")

    assert "`fetch-depth: 0`" in refusal.value.remedy
    git(root, "config", "remote.origin.url", url)
    git(root, *refusal.value.remedy.partition(": git ")[2].split())
    assert _paths(changes.between(root, "origin/main")) == ["branch.py"]


@pytest.mark.parametrize("depth", ["--depth=1", "--single-branch"])
def test_without_the_base_and_the_remote_it_is_refused_and_the_remedy_mends_it(
    remote: Path, tmp_path: Path, depth: str
) -> None:
    root = clone(remote, tmp_path / "clone", depth, "--branch=branch")
    url = _unplug(root)

    with pytest.raises(FatalError, match="there is no commit origin/main") as refusal:
        changes.between(root, "origin/main")

    assert "`fetch-depth: 0`" in refusal.value.remedy
    git(root, "config", "remote.origin.url", url)
    git(root, *refusal.value.remedy.partition(": git ")[2].split())
    assert _paths(changes.between(root, "origin/main")) == ["branch.py"]


def test_a_remote_that_asks_for_a_password_is_refused_without_a_question(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=branch")
    asking = tmp_path / "git-remote-asking"
    asking.write_text("#!/bin/sh\necho url=https://x | git credential fill >/dev/null\nexit 128\n")
    asking.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{_path()}")
    git(root, "config", "remote.origin.url", "asking::x")

    with pytest.raises(FatalError, match="there is no commit origin/main"):
        changes.between(root, "origin/main")


def test_a_remote_that_hangs_is_given_up(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=branch")
    hanging = tmp_path / "git-remote-hanging"
    hanging.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n")
    hanging.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{_path()}")
    monkeypatch.setattr(fetching, "SECONDS", 2)
    git(root, "config", "remote.origin.url", "hanging::x")

    with pytest.raises(FatalError, match="there is no commit origin/main"):
        changes.between(root, "origin/main")

    pid = int((tmp_path / "pid").read_text())
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


class TestFullClone:
    def test_a_missing_base_is_not_fetched_for_a_person(
        self, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("CI", raising=False)
        root = clone(remote, tmp_path / "clone", "--single-branch", "--branch=branch")

        with pytest.raises(FatalError, match="there is no commit origin/main") as refusal:
            changes.between(root, "origin/main")
        assert "git fetch origin main:refs/remotes/origin/main" in refusal.value.remedy

    def test_a_missing_base_is_fetched_on_ci_and_the_clone_stays_full(
        self, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CI", "true")
        root = clone(remote, tmp_path / "clone", "--single-branch", "--branch=branch")
        before = _state(root)

        assert _paths(changes.between(root, "origin/main")) == ["branch.py"]
        assert _state(root) == before
        assert not (root / ".git" / "shallow").exists()

    def test_a_branch_of_the_remote_is_known_by_its_own_name(
        self, remote: Path, tmp_path: Path
    ) -> None:
        root = clone(remote, tmp_path / "clone", "--branch=branch")

        assert _paths(changes.between(root, "main")) == ["branch.py"]

    def test_an_ancestor_of_the_first_commit_is_none_of_the_remote(
        self, remote: Path, tmp_path: Path
    ) -> None:
        root = clone(remote, tmp_path / "clone", "--branch=branch")

        with pytest.raises(FatalError, match="there is no commit HEAD~99"):
            changes.between(root, "HEAD~99")
