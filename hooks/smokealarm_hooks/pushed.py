"""What a push, or a range of commits, adds, as pre-commit tells it in its environment."""

from __future__ import annotations

import os


def since() -> list[str]:
    """The arguments that compare with the commit before the range, where pre-commit names one."""
    known = os.environ.get("PRE_COMMIT_FROM_REF", "")
    return ["--base", known] if known.strip("0") else []


def since_or_all() -> list[str]:
    """The same for a push; one into an empty remote has nothing to be compared with.

    pre-commit then names the remote and no commit. Run by hand, neither is told, and what is not
    committed yet is meant.
    """
    return since() or (["--all"] if "PRE_COMMIT_REMOTE_NAME" in os.environ else [])
