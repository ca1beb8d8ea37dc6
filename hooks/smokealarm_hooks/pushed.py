"""What a push adds, as pre-commit tells it in its environment."""

from __future__ import annotations

import os


def base() -> list[str]:
    """The arguments that compare with what the remote has already.

    A push into an empty remote has nothing to be compared with: pre-commit then names the remote
    and no commit. Run by hand, neither is told, and what is not committed yet is meant.
    """
    known = os.environ.get("PRE_COMMIT_FROM_REF", "")
    if known.strip("0"):
        return ["--base", known]
    return ["--all"] if "PRE_COMMIT_REMOTE_NAME" in os.environ else []
