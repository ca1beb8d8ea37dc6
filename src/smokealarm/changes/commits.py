"""What lies between two commits."""

from __future__ import annotations

from pathlib import Path

from smokealarm import git
from smokealarm.changes import raw
from smokealarm.changes.judged import judge
from smokealarm.errors import FatalError
from smokealarm.workspace import Changes


def between(root: Path, base: str, head: str = "HEAD") -> Changes:
    """What `head` changes since it left `base`: measured from their merge base.

    Raises FatalError, with the command that would mend it, where the clone does not hold what it
    takes to tell. It never says "nothing changed" for want of a base.
    """
    judged = commit(root, head)
    fork = merge_base(root, base, judged)
    return from_to(root, fork, judged, f"{base}...{head}")


def from_to(root: Path, base: str, head: str, described: str) -> Changes:
    """What the commit `head` changes against the commit `base`, merge base or not."""
    changes = raw.of_trees(root, base, head)
    return judge(root, changes, base=base, head=head, described=described)


def commit(root: Path, name: str) -> str:
    """The commit that the name stands for. Raises FatalError where this clone has none such."""
    found = commit_or_none(root, name)
    if found is None and commit_or_none(root, "HEAD") is None:
        raise FatalError(
            f"there is no commit {name}: this repository has no commit at all yet",
            "Commit something first, or judge what is there with --all.",
        )
    if found is None:
        raise FatalError(f"there is no commit {name} in this clone", _fetch(root, name))
    return found


def commit_or_none(root: Path, name: str) -> str | None:
    command = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    found = git.attempt(root, *command)
    return found.decode().strip() if found else None


def merge_base(root: Path, base: str, head: str) -> str:
    """The newest commit that both have. Raises FatalError where this clone shows none."""
    found = git.attempt(root, "merge-base", commit(root, base), head)
    if found:
        return found.decode().strip()
    if is_shallow(root):
        raise FatalError(
            f"this shallow clone does not reach back to where {head[:12]} left {base}",
            "Fetch the rest of the history with: git fetch --unshallow origin",
        )
    raise FatalError(
        f"{base} and {head[:12]} have no history in common, so nothing says what changed",
        "Name a commit of this history with --base, or judge the whole tree with --all.",
    )


def is_shallow(root: Path) -> bool:
    return git.text(root, "rev-parse", "--is-shallow-repository") == "true"


def _fetch(root: Path, name: str) -> str:
    """The command that brings the commit. Never by depth, which would truncate a full clone."""
    remote, _, branch = name.partition("/")
    named = bool(branch) and remote in git.text(root, "remote").split("\n")
    wanted = f"{remote} {branch}:refs/remotes/{name}" if named else f"origin {name}"
    unshallow = "--unshallow " if is_shallow(root) else ""
    return f"Check its spelling, or fetch it with: git fetch {unshallow}{wanted}"
