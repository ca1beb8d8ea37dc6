"""The files of which copies are made, and the checkout in which the bare tools see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from types import ModuleType

from smokealarm import git
from smokealarm.errors import FatalError
from smokealarm.stage import Case
from smokealarm.style.companions import contents_of
from smokealarm.style.drilling.bare import Bare, is_read
from smokealarm.style.drilling.edit import Copy
from smokealarm.style.drilling.planting import HANDS
from smokealarm.style.drilling.repository import Repository
from smokealarm.workspace import ChangedFile, Workspace

MOST = 8  # files of each language
LOOKS = 40  # files that are read, to choose those from
SHORT = 20_000  # characters: every trial judges all of a file, so longer ones come last


def copies(case: Case, workspace: Workspace, rng: Random) -> list[Copy]:
    """Files of the change that the case means, and that can be edited by whole lines.

    Those with a place among their own lines come first, because there is more to try in them.
    """
    meant = [file for file in workspace.changes.files if _is_meant(case, file.path)]
    found: list[Copy] = []
    for language, hand in HANDS.items():
        known = [file for file in meant if file.language == language]
        rng.shuffle(known)
        looks = (copy for file in known for copy in _copy(case, workspace, file))
        seen = list(islice(looks, LOOKS))
        found += sorted(seen, key=partial(_cost, hand, rng))[:MOST]
    return found


def _copy(case: Case, workspace: Workspace, file: ChangedFile) -> Iterator[Copy]:
    content = contents_of(workspace, [file])[file.path]
    try:
        copy = Copy(file.path, file.language, content.decode())
    except UnicodeDecodeError:
        return
    if HANDS[file.language].is_fit(copy.text):
        if all(_is_meant(case, copy.beside(word)) for word in ("drill1", "drill1_new")):
            yield copy


def _cost(hand: ModuleType, rng: Random, copy: Copy) -> tuple[bool, int]:
    length = len(copy.text)
    return hand.inside(copy, rng) is None, length if length > SHORT else 0


def _is_meant(case: Case, path: str) -> bool:
    exclude = str(case.settings.get("exclude", ""))
    try:
        excluded = bool(exclude and re.search(exclude, path))
    except re.error as error:
        message = f"`exclude`: {exclude!r} is not a regular expression: {error}"
        raise FatalError(message, place=case.places.get("exclude", case.place)) from None
    return re.search(case.files, path) is not None and not excluded


def checkout(made: Repository, room: Path) -> Bare:
    """Every file of the tree that a tool may read, on disk."""
    folder = room / "checkout"
    (folder / ".git").mkdir(parents=True)  # where tools stop looking for a project
    paths = (entry.path for entry in git.entries(made.root, "HEAD") if entry.mode[:3] == "100")
    made.export(folder, filter(is_read, paths))
    return Bare(folder)
