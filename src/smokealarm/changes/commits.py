"""What lies between two commits."""

from __future__ import annotations

from pathlib import Path

from smokealarm.changes import raw
from smokealarm.changes.forks import merge_base
from smokealarm.changes.judged import judge
from smokealarm.changes.named import commit
from smokealarm.workspace import Changes


def between(root: Path, base: str, head: str = "HEAD") -> Changes:
    """What `head` changes since it left `base`: measured from their merge base.

    A shallow clone is deepened as far as it takes. Raises FatalError, with the command that would
    mend it, where that does not tell. It never says "nothing changed" for want of a base.
    """
    judged = commit(root, head)
    fork = merge_base(root, base, judged)
    return from_to(root, fork, judged, f"{base}...{head}")


def from_to(root: Path, base: str, head: str, described: str) -> Changes:
    """What the commit `head` changes against the commit `base`, merge base or not."""
    changes = raw.of_trees(root, base, head)
    return judge(root, changes, base=base, head=head, described=described)
