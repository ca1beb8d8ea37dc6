"""Where two commits parted: the newest commit that both have."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.changes import fetching
from smokealarm.changes.named import commit, cut_off
from smokealarm.errors import FatalError


class Fork(NamedTuple):
    """The commit, "" where none is seen, and where the history that hides a newer one is cut off."""

    commit: str
    cut: list[str]


def merge_base(root: Path, base: str, head: str) -> str:
    """The newest commit that both have, in a shallow clone as deep as it takes to be sure.

    Raises FatalError where they have none, or where this clone cannot show it.
    """
    tip = commit(root, base)
    fork = _fork(root, tip, head)
    for deeper in fetching.DEEPER:
        if not fork.cut or not fetching.fetch(root, fetching.remote_of(root), fork.cut, deeper):
            break
        fork = _fork(root, tip, head)
    if fork.cut:
        raise FatalError(
            f"this shallow clone does not reach back to where {head[:12]} left {base}",
            "Give actions/checkout `fetch-depth: 0`, or fetch the rest of the history with:"
            f" git fetch --unshallow {fetching.remote_of(root)}",
        )
    if not fork.commit:
        raise FatalError(
            f"{base} and {head[:12]} have no history in common, so nothing says what changed",
            "Name a commit of this history with --base, or judge the whole tree with --all.",
        )
    return fork.commit


def _fork(root: Path, one: str, other: str) -> Fork:
    """A fork that is seen although history is missing may not be the newest one."""
    found = git.attempt(root, "merge-base", one, other)
    fork = found.decode().strip() if found else ""
    return Fork(fork, cut_off(root, [one, other], fork))
