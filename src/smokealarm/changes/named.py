"""The commit that a name stands for, in this clone or in the remote that it came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from smokealarm import git
from smokealarm.changes import fetching
from smokealarm.changes.here import is_object_name
from smokealarm.errors import FatalError

_BRANCH = re.compile(r"(?!HEAD\b|-)[^~^:@?*\[\\\s]+")


def commit(root: Path, name: str, depth: int = 0) -> str:
    """The commit that the name stands for, fetched where need be.

    Raises FatalError where it cannot be had; `depth` is what the checkout of a workflow should have.
    """
    found = commit_or_none(root, name)
    if found is None and commit_or_none(root, "HEAD") is None:
        raise FatalError(
            f"there is no commit {name}: this repository has no commit at all yet",
            "Commit something first, or judge what is there with --all.",
        )
    found = found or _tracked(root, name) or _older(root, name) or _brought(root, name)
    if found is None:
        raise FatalError(f"there is no commit {name} in this clone", _remedy(root, name, depth))
    return found


def commit_or_none(root: Path, name: str) -> str | None:
    """The same without a look elsewhere."""
    command = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    try:
        found = git.attempt(root, *command)
    except git.GitError:
        return None  # a partial clone has asked its remote, which has none such either
    return found.decode().strip() if found else None


def cut_off(root: Path, tips: Sequence[str], fork: str = "") -> list[str]:
    """The commits between the tips and their fork whose parents a shallow clone does not hold."""
    boundary = fetching.boundary(root)
    if not boundary:
        return []
    listed = git.text(root, "rev-list", *tips, *([f"^{fork}"] if fork else []))
    return [name for name in listed.split("\n") if name in boundary]


def _tracked(root: Path, name: str) -> str | None:
    """A branch of the remote that this clone knows without having a branch of its own for it."""
    if is_object_name(name) or not _BRANCH.fullmatch(name):
        return None
    remote, branch = fetching.remote_and_branch(root, name)
    return commit_or_none(root, f"refs/remotes/{remote}/{branch}")


def _older(root: Path, name: str) -> str | None:
    """`HEAD~3`, as soon as a shallow clone is deep enough for it."""
    start = re.split("[~^]", name, maxsplit=1)[0]
    tip = commit_or_none(root, start) if start != name else None
    for deeper in fetching.DEEPER if tip else ():
        cut = cut_off(root, [tip]) if tip else []
        if not cut or not fetching.fetch(root, fetching.remote_of(root), cut, deeper):
            return None
        if found := commit_or_none(root, name):
            return found
    return None


def _brought(root: Path, name: str) -> str | None:
    wanted = name if is_object_name(name) or _BRANCH.fullmatch(name) else ""
    brought = fetching.bring(root, wanted) if wanted else None
    return commit_or_none(root, brought) if brought else None


def _remedy(root: Path, name: str, depth: int) -> str:
    """What brings the commit. Never by depth in a full clone, which that would truncate."""
    remote, branch = fetching.remote_and_branch(root, name)
    shallow = bool(fetching.boundary(root))
    if is_object_name(name):
        command = f"git fetch {'--depth=1 ' if shallow else ''}{remote} {name}"
    else:
        refs = f"{branch}:refs/remotes/{remote}/{branch}" if branch != name else name
        command = f"git fetch {'--unshallow ' if shallow else ''}{remote} {refs}"
    setting = f"give actions/checkout `fetch-depth: {depth}`, or"
    return f"Check its spelling, {setting} fetch it with: {command}"
