"""Writes the opt-ins of `suggest style --write`: the record, and what makes it count and merge.

All three contents are made before the first is written, and each file is replaced in one step.
"""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from smokealarm.errors import FatalError
from smokealarm.results import write_atomically
from smokealarm.stage import FILE_NAME
from smokealarm.style.record import (
    ATTRIBUTE,
    HEADER,
    NAME,
    Line,
    Record,
    extended,
    formatted,
    parse,
)
from smokealarm.yaml_tree import parse as parse_yaml

ATTRIBUTES = ".gitattributes"


class Rewrite(NamedTuple):
    """A file before and after; `before` is None where there is none yet."""

    path: str
    before: bytes | None
    after: bytes


class Writing(NamedTuple):
    """What is to be written, and what the user must add by hand."""

    rewrites: tuple[Rewrite, ...]
    by_hand: str


def record_of(root: Path) -> Record:
    """The record as it is on disk. Raises FatalErrors where it cannot be read."""
    content = _content(root / NAME)
    return Record(header=HEADER) if content is None else parse(content)


def writing(root: Path, record: Record, lines: Sequence[Line]) -> Writing:
    """What opts into the lines. Raises FatalError where a file is there that cannot be extended."""
    more = extended(record, lines)
    case = _case(sorted(more.tools()))
    attributes, configuration = _content(root / ATTRIBUTES), _content(root / FILE_NAME)
    configured = _configured(configuration, case)
    rewrites = [
        Rewrite(NAME, _content(root / NAME), formatted(more)),
        Rewrite(ATTRIBUTES, attributes, _attributes(attributes or b"")),
        Rewrite(FILE_NAME, configuration, configured or configuration or b""),
    ]
    changed = (one for one in rewrites if one.before != one.after)
    return Writing(tuple(changed), "" if configured else case)


def write(root: Path, what: Writing, to: TextIO) -> None:
    """Write the files, and show what changed in them."""
    for one in what.rewrites:
        write_atomically(root / one.path, one.after)
        print("\n".join(_diff(one)), file=to)
    if what.by_hand:
        print(f"\n{FILE_NAME} has style cases already. Add this one by hand:", file=to)
        print(what.by_hand, end="", file=to)
    names = " ".join(one.path for one in what.rewrites)
    print(f"\nCommit them with: git add -- {names} && git commit", file=to)


def _case(tools: Iterable[str]) -> str:
    checks = ", ".join([*tools, "record"])
    return f"style:\n  - record: {NAME}\n    checks: [{checks}]\n"


def _content(path: Path) -> bytes | None:
    """What is in the file, None where there is none; a link or a folder is not ours to replace."""
    try:
        if not os.path.lexists(path):
            return None
        if not stat.S_ISREG(path.lstat().st_mode):
            raise FatalError(f"{path.name} is no ordinary file, so it is not replaced")
        return path.read_bytes()
    except OSError as error:
        raise FatalError(f"cannot read {path.name}: {error.strerror}") from None


def _attributes(content: bytes) -> bytes:
    """The same with our line at its end, once."""
    ours = ATTRIBUTE.encode()
    if ours.split() in (line.split() for line in content.splitlines()):
        return content
    return _appended(content, ours + b"\n")


def _configured(content: bytes | None, case: str) -> bytes | None:
    """The configuration with the case, every byte of before kept; None where that cannot be.

    A `record:` that is there already is enough.
    """
    if content is None:
        return case.encode()
    before = parse_yaml(content, FILE_NAME).plain()
    if before is None:
        return _appended(content, case.encode())
    if not isinstance(before, dict):
        raise FatalError(
            f"{FILE_NAME} is no mapping of stages", "See what is wrong with: smokealarm config"
        )
    if "style" in before:
        return content if _has_record(before["style"]) else None
    gap = b"" if content.endswith((b"\n\n", b"\r\n\r\n")) else b"\n"
    made = _appended(content, gap + case.encode())
    try:
        after = parse_yaml(made, FILE_NAME).plain()
    except FatalError:
        return None  # it is written in a way, {like: this}, that cannot be continued
    return made if after == {**before, **parse_yaml(case.encode(), FILE_NAME).plain()} else None


def _has_record(cases: object) -> bool:
    known = cases if isinstance(cases, list) else []
    return any(isinstance(case, dict) and case.get("record") == NAME for case in known)


def _appended(content: bytes, more: bytes) -> bytes:
    """With the line ends that the file has."""
    end = b"\r\n" if b"\r\n" in content else b"\n"
    missing = end if content and not content.endswith(b"\n") else b""
    return content + missing + more.replace(b"\n", end)


def _diff(one: Rewrite) -> Iterator[str]:
    before = [] if one.before is None else _lines(one.before)
    name = "/dev/null" if one.before is None else one.path
    return difflib.unified_diff(before, _lines(one.after), name, one.path, lineterm="")


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="backslashreplace").splitlines()
