"""A look into files whose name does not say what they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from smokealarm import git
from smokealarm.changes.kinds import needs_content

_POINTER = b"version https://git-lfs.github.com/spec/"
# The specification's limit: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_POINTER_SIZE = 1024
_SCRIPT_SIZE = 1 << 18  # a longer file without an extension is data, not a script
_QUICK = 1 << 19  # bytes that are read sooner than git is asked how many they are


def is_pointer(content: bytes) -> bool:
    """Whether Git LFS keeps the real content elsewhere."""
    return content.startswith(_POINTER) and len(content) <= _POINTER_SIZE


def on_disk(path: Path) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(_POINTER_SIZE + 1)


def of_blobs(root: Path, wanted: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """By blob, the content of those that are small enough to be a script or a pointer.

    Wanted are paths and their blobs. The size on disk only guesses which way is the quicker one.
    """
    limits: dict[str, int] = {}
    paths = []
    for path, blob in wanted:
        limits[blob] = max(_limit(path), limits.get(blob, 0))
        paths.append(path)
    if sum(_size(root / path) for path in paths) > _QUICK:
        limits = _small(root, limits)
    contents = git.contents(root, limits)
    return {blob: content for blob, content in contents.items() if len(content) <= limits[blob]}


def _small(root: Path, limits: Mapping[str, int]) -> dict[str, int]:
    sizes = git.sizes(root, limits)
    return {blob: limit for blob, limit in limits.items() if sizes[blob] <= limit}


def _limit(path: str) -> int:
    return _SCRIPT_SIZE if needs_content(path) else _POINTER_SIZE


def _size(path: Path) -> int:
    """A file that is not there may be of any size."""
    try:
        return path.lstat().st_size
    except (OSError, ValueError):
        return _QUICK + 1
