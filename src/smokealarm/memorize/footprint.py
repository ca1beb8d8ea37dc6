"""What stands in the repository beside what is committed, by git: two looks tell what was touched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from smokealarm import git
from smokealarm.errors import Unasked

PATIENCE = 20.0  # seconds for a repository full of files that git does not ignore
CACHES = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
LOOK = ("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")


class Standing(NamedTuple):
    """A file that is not as it was committed."""

    state: str  # git's two letters; ?? is a file that git does not know
    size: int
    modified: int


def looked(root: Path) -> Mapping[str, Standing]:
    """Every such file, but for caches and what git ignores. Raises Unasked where git cannot say."""
    try:
        told = git.run(
            root,
            *("-c", "core.fsmonitor=false"),
            *LOOK,
            "--ignore-submodules=all",
            env={"GIT_OPTIONAL_LOCKS": "0"},
            timeout=PATIENCE,
        )
    except git.GitError as error:
        raise Unasked(f"what files were touched is not known: {error.message}") from None
    return dict(_standing(root, told))


def _standing(root: Path, told: bytes) -> Iterator[tuple[str, Standing]]:
    for entry in filter(None, told.split(b"\0")):
        state, path = entry[:2].decode(), os.fsdecode(entry[3:])
        if CACHES.isdisjoint(PurePosixPath(path).parts):
            try:
                found = (root / path).lstat()
                yield path, Standing(state, found.st_size, found.st_mtime_ns)
            except OSError:  # it is gone: that is its state
                yield path, Standing(state, 0, 0)
