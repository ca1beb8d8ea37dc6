from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import FatalError
from smokealarm.workspace import Changes
from tests.repositories import clone, commit, git, make_repository

ZERO = "0" * 40
Tell = Callable[..., Changes]


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """What GitHub holds: `main`, which went on, `branch`, and GitHub's own merge of the two."""
    root = make_repository(tmp_path / "remote", {"a.py": "a = 1\n"})
    git(root, "switch", "--quiet", "--create", "branch")
    commit(root, {"b.py": "b = 1\n"})
    git(root, "switch", "--quiet", "main")
    commit(root, {"c.py": "c = 1\n"})
    git(root, "switch", "--quiet", "--create", "merged")
    git(root, "merge", "--quiet", "--no-ff", "--no-edit", "branch")
    return root


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """What `of_github` makes of an event with this payload."""

    def of_event(root: Path, name: str, payload: object, **variables: str) -> Changes:
        event = tmp_path / "event.json"
        event.write_text(json.dumps(payload))
        names = {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(event)}
        return changes.of_github(root, {**names, **variables})

    return of_event


def _paths(changed: Changes) -> list[str]:
    return [file.path for file in changed.files]


def _head(remote: Path) -> dict[str, object]:
    stale = git(remote, "rev-parse", "main~1")
    sha = git(remote, "rev-parse", "branch")
    return {"pull_request": {"head": {"sha": sha}, "base": {"sha": stale}}}


class TestPullRequest:
    def test_the_merge_commit_is_compared_with_its_first_parent(
        self, remote: Path, tell: Tell
    ) -> None:
        changed = tell(remote, "pull_request", _head(remote), GITHUB_BASE_REF="main")

        assert _paths(changed) == ["b.py"]
        assert changed.base == git(remote, "rev-parse", "main")

    def test_the_head_itself_is_compared_with_where_it_left_its_base(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        root = clone(remote, tmp_path / "clone", "--branch=branch")

        changed = tell(root, "pull_request", _head(remote), GITHUB_BASE_REF="main")

        assert _paths(changed) == ["b.py"]

    def test_a_depth_of_two_is_enough(self, remote: Path, tmp_path: Path, tell: Tell) -> None:
        root = clone(remote, tmp_path / "clone", "--depth=2", "--branch=merged")

        changed = tell(root, "pull_request", _head(remote), GITHUB_BASE_REF="main")

        assert _paths(changed) == ["b.py"]

    def test_at_a_depth_of_one_that_one_commit_is_fetched(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=merged")

        changed = tell(root, "pull_request", _head(remote), GITHUB_BASE_REF="main")

        assert _paths(changed) == ["b.py"]
        assert changed.base == git(remote, "rev-parse", "main")
        assert git(root, "rev-list", "--all") == git(remote, "rev-parse", "merged")

    def test_at_a_depth_of_one_without_the_remote_it_is_refused_and_the_remedy_mends_it(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=merged")
        git(root, "config", "remote.origin.url", "file:///nowhere")

        with pytest.raises(FatalError, match="there is no commit .* in this clone") as refusal:
            tell(root, "pull_request", _head(remote), GITHUB_BASE_REF="main")

        assert "`fetch-depth: 2`" in refusal.value.remedy
        git(root, "config", "remote.origin.url", f"file://{remote}")
        git(root, *refusal.value.remedy.partition(": git ")[2].split())
        changed = tell(root, "pull_request", _head(remote), GITHUB_BASE_REF="main")
        assert _paths(changed) == ["b.py"]

    def test_the_head_alone_is_compared_with_where_it_left_its_base(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=branch")

        changed = tell(root, "pull_request", _head(remote), GITHUB_BASE_REF="main")

        assert _paths(changed) == ["b.py"]
        assert changed.head == git(remote, "rev-parse", "branch")

    def test_a_head_that_merged_its_base_is_no_merge_of_githubs(
        self, remote: Path, tell: Tell
    ) -> None:
        git(remote, "switch", "--quiet", "branch")
        git(remote, "merge", "--quiet", "--no-edit", "main")
        git(remote, "update-ref", "refs/remotes/origin/main", "main")

        changed = tell(remote, "pull_request", _head(remote), GITHUB_BASE_REF="main")

        assert _paths(changed) == ["b.py"]

    def test_a_pull_request_into_another_one_is_compared_with_that_one(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        git(remote, "switch", "--quiet", "--create", "upon", "branch")
        head = commit(remote, {"upon.py": ""})
        root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=upon")
        payload = {"pull_request": {"head": {"sha": head}, "base": {"ref": "branch"}}}

        assert _paths(tell(root, "pull_request", payload)) == ["upon.py"]


class TestPush:
    def test_a_deleted_branch_changes_nothing(self, remote: Path, tell: Tell) -> None:
        before = git(remote, "rev-parse", "main")

        changed = tell(remote, "push", {"before": before, "after": ZERO})

        assert changed.files == () and not changed.everything

    def test_what_lies_between_before_and_after(self, remote: Path, tell: Tell) -> None:
        before, after = git(remote, "rev-parse", "main~1", "main").split()

        assert _paths(tell(remote, "push", {"before": before, "after": after})) == ["c.py"]

    def test_a_new_branch_is_compared_with_the_default_branch(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        root = clone(remote, tmp_path / "clone", "--branch=branch")
        payload = {
            "before": ZERO,
            "after": git(root, "rev-parse", "HEAD"),
            "ref": "refs/heads/branch",
            "repository": {"default_branch": "main"},
        }

        assert _paths(tell(root, "push", payload)) == ["b.py"]

    def test_the_first_push_of_all_is_everything(self, remote: Path, tell: Tell) -> None:
        payload = {
            "before": ZERO,
            "after": git(remote, "rev-parse", "main"),
            "ref": "refs/heads/main",
            "repository": {"default_branch": "main"},
        }

        assert tell(remote, "push", payload).everything

    def test_a_commit_before_that_a_shallow_clone_lacks_is_fetched(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        before, after = git(remote, "rev-parse", "main~1", "main").split()
        root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=main")

        assert _paths(tell(root, "push", {"before": before, "after": after})) == ["c.py"]

    def test_a_commit_before_that_is_nowhere_is_refused(self, remote: Path, tell: Tell) -> None:
        gone, after = "1" * 40, git(remote, "rev-parse", "main")

        with pytest.raises(FatalError, match=f"there is no commit {gone}") as refusal:
            tell(remote, "push", {"before": gone, "after": after})
        assert f"git fetch origin {gone}" in refusal.value.remedy

    @pytest.mark.parametrize("depth", ["--depth=1", "--no-single-branch"])
    def test_a_forced_push_is_compared_with_the_default_branch(
        self, remote: Path, tmp_path: Path, tell: Tell, depth: str
    ) -> None:
        """A rebase: what main did in between is not the branch's, and the old commit is gone."""
        git(remote, "switch", "--quiet", "branch")
        git(remote, "rebase", "--quiet", "main")
        root = clone(remote, tmp_path / "clone", depth, "--branch=branch")
        after = git(remote, "rev-parse", "branch")
        payload = {
            **{"before": "1" * 40, "after": after, "forced": True, "ref": "refs/heads/branch"},
            "repository": {"default_branch": "main"},
        }

        assert _paths(tell(root, "push", payload)) == ["b.py"]

    def test_a_forced_push_to_the_default_branch_is_compared_with_what_was_there(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        before = git(remote, "rev-parse", "main")
        git(remote, "switch", "--quiet", "main")
        git(remote, "reset", "--quiet", "--hard", "main~1")
        after = commit(remote, {"d.py": ""})
        root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=main")
        payload = {
            **{"before": before, "after": after, "forced": True, "ref": "refs/heads/main"},
            "repository": {"default_branch": "main"},
        }

        assert _paths(tell(root, "push", payload)) == ["d.py"]
        with pytest.raises(FatalError, match="there is no commit 1111"):
            tell(root, "push", {**payload, "before": "1" * 40})

    def test_a_new_tag_adds_to_the_default_branch_what_a_branch_would(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        git(remote, "tag", "--annotate", "--message=1.0", "v1", "branch")
        root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=v1")
        payload = {
            "before": ZERO,
            "after": git(remote, "rev-parse", "v1"),
            "ref": "refs/tags/v1",
            "repository": {"default_branch": "main"},
        }

        assert _paths(tell(root, "push", payload)) == ["b.py"]

    def test_a_tag_that_moved_is_compared_with_where_it_was(
        self, remote: Path, tmp_path: Path, tell: Tell
    ) -> None:
        before, after = git(remote, "rev-parse", "main~1", "main").split()
        root = clone(remote, tmp_path / "clone", "--depth=1", "--branch=main")
        payload = {
            **{"before": before, "after": after, "forced": True, "ref": "refs/tags/v1"},
            "repository": {"default_branch": "main"},
        }

        assert _paths(tell(root, "push", payload)) == ["c.py"]


@pytest.mark.parametrize("depth", ["--depth=1", "--no-single-branch"])
def test_a_merge_group_says_both_of_its_ends(
    remote: Path, tmp_path: Path, tell: Tell, depth: str
) -> None:
    base, head = git(remote, "rev-parse", "main", "merged").split()
    root = clone(remote, tmp_path / "clone", depth, "--branch=merged")

    changed = tell(root, "merge_group", {"merge_group": {"base_sha": base, "head_sha": head}})

    assert _paths(changed) == ["b.py"]


@pytest.mark.parametrize("name", ["schedule", "workflow_dispatch"])
def test_a_run_without_a_change_is_about_everything(remote: Path, tell: Tell, name: str) -> None:
    assert tell(remote, name, {}).everything


@pytest.mark.parametrize("name", ["pull_request_target", "issue_comment", ""])
def test_an_event_that_says_nothing_of_a_change_is_refused(
    remote: Path, tell: Tell, name: str
) -> None:
    with pytest.raises(FatalError, match="does not say what changed"):
        tell(remote, name, {})


def test_pull_request_target_is_told_which_event_has_the_files(remote: Path, tell: Tell) -> None:
    with pytest.raises(FatalError, match="does not say what changed") as refusal:
        tell(remote, "pull_request_target", _head(remote), GITHUB_BASE_REF="main")
    assert "Run on `pull_request` instead" in refusal.value.remedy


def test_outside_of_a_workflow_the_reader_is_sent_elsewhere(remote: Path) -> None:
    with pytest.raises(FatalError, match="GITHUB_EVENT_PATH") as refusal:
        changes.of_github(remote, {"GITHUB_EVENT_NAME": "push"})
    assert "--base" in refusal.value.remedy


def test_a_payload_without_the_commit_is_refused(remote: Path, tell: Tell) -> None:
    with pytest.raises(FatalError, match="the payload of the event push has no before"):
        tell(remote, "push", {})
