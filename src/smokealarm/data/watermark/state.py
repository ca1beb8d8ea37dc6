"""The file that remembers the marks: one per case, replaced as a whole, and never set back."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec
from msgspec import Struct

from smokealarm.data.watermark.watermark import Mark, is_above
from smokealarm.errors import FatalError, Place


class Reached(Struct, frozen=True, kw_only=True):
    """Up to where a case has read its table. Of another table or column it says nothing."""

    table: str
    column: str
    value: Mark


class State(Struct, frozen=True, kw_only=True):
    """The whole file."""

    version: int = 1
    cases: dict[str, Reached] = {}


def path_of(state: str, root: Path, place: Place) -> Path:
    """The file, under the root. Raises FatalError, with the place."""
    path = Path(os.path.normpath(root / state))
    if not path.is_relative_to(os.path.normpath(root)) or path == root:
        raise FatalError(
            f"`state: {state}` is no file of the repository",
            "Write a path from the root, and leave the file out of git.",
            place,
        )
    return path


def read(path: Path, place: Place) -> State:
    """What was remembered; nothing where there is no file. Raises FatalError where it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except (OSError, msgspec.DecodeError) as error:
        raise FatalError(
            f"the watermarks in {path.name} cannot be read: {error}",
            "Delete the file to read the tables from the start, or bring back an older one.",
            place,
        ) from None


def remembered(state: State, case: str, table: str, column: str) -> Mark | None:
    """The last mark of the case, if it is about this table and column."""
    found = state.cases.get(case)
    same = found is not None and (found.table, found.column) == (table, column)
    return found.value if found is not None and same else None


def remember(path: Path, case: str, reached: Reached, place: Place) -> None:
    """Write the mark, unless a higher one is there by now; other cases keep theirs."""
    state = read(path, place)
    known = remembered(state, case, reached.table, reached.column)
    if known is not None and not is_above(reached.value, known):
        return
    _replace(path, msgspec.json.format(msgspec.json.encode(_with(state, case, reached)), indent=2))


def _with(state: State, case: str, reached: Reached) -> State:
    return State(cases={**state.cases, case: reached})


def _replace(path: Path, content: bytes) -> None:
    """All or nothing: a reader sees the old file or the new one, whenever the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # mkstemp lets nobody else read it, and a cache is another user
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
