"""What `.gitattributes` asks to be left alone, as it stands in what is judged."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from smokealarm import git

_REASONS = {
    "linguist-generated": ".gitattributes says that it is generated (linguist-generated)",
    "linguist-vendored": ".gitattributes says that it is others' work (linguist-vendored)",
}


def marked(root: Path, paths: Sequence[str], head: str) -> dict[str, str]:
    """The reason for each of the paths that is not to be judged."""
    if not paths:
        return {}
    if not head or head == git.text(root, "rev-parse", "HEAD"):
        return _marked(root, paths, {})
    with tempfile.TemporaryDirectory(prefix="smokealarm-") as folder:
        # `git check-attr --source` needs git 2.40; a private index says the same on any git.
        index = {"GIT_INDEX_FILE": f"{folder}/index"}
        git.run(root, "read-tree", head, env=index)
        return _marked(root, paths, index)


def _marked(root: Path, paths: Sequence[str], env: dict[str, str]) -> dict[str, str]:
    names = b"".join(os.fsencode(path) + b"\0" for path in paths)
    command = ("check-attr", "--cached", "--stdin", "-z", *_REASONS)
    fields = git.run(root, *command, stdin=names, env=env).split(b"\0")[:-1]
    answers = zip(fields[0::3], fields[1::3], fields[2::3])
    return {
        os.fsdecode(path): _REASONS[attribute.decode()]
        for path, attribute, value in answers
        if value in (b"set", b"true")
    }
