"""What a push adds, as pre-commit tells it in its environment."""

from __future__ import annotations

import os


def base() -> list[str]:
    """The arguments that compare with what the remote has already, if pre-commit says what that is."""
    known = os.environ.get("PRE_COMMIT_FROM_REF", "")
    return ["--base", known] if known.strip("0") else []
