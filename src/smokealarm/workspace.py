"""The repository as a run sees it: its root, what changed in it, and whom to tell of progress."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct


class ChangedFile(Struct, frozen=True, kw_only=True):
    """A file that the change adds or edits, judged by its blob rather than by the working tree.

    `deleted` is set on one that is gone, which is never judged but may have given its code to others.
    `blob` and `base_blob` are git object names; an empty `blob` means that the content is only in
    the working tree (untracked or not staged), an empty `base_blob` that the file is new. Names
    keep bytes that are not UTF-8 as surrogate escapes.
    """

    path: str
    blob: str
    base_path: str = ""
    base_blob: str = ""
    language: str = ""  # "python", "notebook", "shell", or "" for everything else
    deleted: bool = False  # only in `beside`: the content is gone, and `blob` is ""


class LeftOut(Struct, frozen=True):
    """A changed path that is not judged, and why."""

    path: str
    reason: str


class Changes(Struct, frozen=True, kw_only=True):
    """What changed; `everything` is set where the whole tree is meant."""

    base: str = ""  # commit that the change is measured from; "" where there is none
    head: str = ""  # commit that is judged; "" where it is the index or the working tree
    described: str = ""  # for people: "main...HEAD", "staged", "3 files given"
    files: tuple[ChangedFile, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    everything: bool = False
    beside: tuple[ChangedFile, ...] = ()  # not judged, but what is judged may have moved from there

    def paths(self) -> frozenset[str]:
        """Every changed path, judged or left out or gone."""
        return frozenset(file.path for file in self.files) | frozenset(
            gone.path for gone in self.left_out
        )


Budget = Literal["full", "quick"]


def _say_nothing(message: str) -> None:
    pass


def _count_nothing(done: int, of: int) -> None:
    pass


class Workspace(Struct, frozen=True, kw_only=True):
    """What a stage may know of the world: handed to `opened` beside the case."""

    root: Path
    changes: Changes
    tell: Callable[[str], None] = _say_nothing
    count: Callable[[int, int], None] = (
        _count_nothing  # of what was told last, so many parts of so many
    )
    budget: Budget | None = None  # what a run may cost, whatever its cases say
