"""Whether the files of a table stayed as they were while it was read."""

from __future__ import annotations

import os
from typing import NamedTuple

from smokealarm.data.sources.files import Part
from smokealarm.data.sources.source import Source
from smokealarm.errors import Inconclusive


class State(NamedTuple):
    """What changes when a file is replaced, cut short or written to."""

    device: int
    inode: int
    size: int
    modified: int


class Stillness:
    """The state of every file at one moment."""

    def __init__(self, source: Source) -> None:
        self._before = {part: _state(part) for part in source.parts}

    def check(self) -> None:
        """Raises Inconclusive where a file is no longer what it was."""
        for part, before in self._before.items():
            if _state(part) != before:
                raise Inconclusive(
                    f"{part.name} was changed while it was read",
                    "Nothing that was seen of it can be trusted; let its writer finish, and run again.",
                )


def _state(part: Part) -> State | None:
    try:
        found = os.stat(part.path)
    except OSError:
        return None
    return State(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
