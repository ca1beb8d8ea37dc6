"""Adds a case to a configuration as text, so that every byte that was there before stays."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from smokealarm.errors import FatalError
from smokealarm.stage import FILE_NAME
from smokealarm.tree import MAX_BYTES, Node
from smokealarm.yaml_tree import parse


def added(content: bytes, stage: str, lines: Sequence[str]) -> bytes | None:
    """The configuration with the case at the end of its stage; None where it must be done by hand.

    `lines` are those of one list item, without indentation.
    """
    tree = parse(content, FILE_NAME)
    end = "\r\n" if b"\r\n" in content else "\n"
    if tree.value is None:
        made = _after(content.decode("utf-8"), [f"{stage}:", *_indented(lines, 2)], end)
    elif not isinstance(tree.value, dict):
        return None
    elif stage in tree.value:
        made = _within(content.decode("utf-8"), tree, stage, lines, end)
    else:
        made = _after(content.decode("utf-8"), ["", f"{stage}:", *_indented(lines, 2)], end)
    return made.encode() if _is_right(made, tree, stage, lines) else None


def continued(root: Path, stage: str, lines: Sequence[str]) -> tuple[bytes, bytes]:
    """The configuration before and after. Raises FatalError where it cannot be continued."""
    path = root / FILE_NAME
    if os.path.lexists(path) and not path.is_file():
        raise FatalError(f"{FILE_NAME} is no ordinary file, so it is not replaced")
    before = path.read_bytes() if path.exists() else b""
    after = added(before, stage, lines)
    size = len(before) + len("\n".join(lines).encode())
    if after is None and size > MAX_BYTES:
        raise FatalError(
            f"{FILE_NAME} would have more than the {MAX_BYTES:,} bytes that are read",
            "Leave out checks that matter little to you, here or in what is there: run the same without "
            "--write, and add those lines by hand that you want.",
        )
    if after is None:
        raise FatalError(
            f"{FILE_NAME} is written in a way that cannot be continued",
            "Run the same without --write, and add the lines by hand.",
        )
    return before, after


def difference(before: bytes, after: bytes) -> Iterator[str]:
    """What is written, line by line."""
    old, new = (content.decode("utf-8").splitlines() for content in (before, after))
    name = FILE_NAME if before else "/dev/null"
    return difflib.unified_diff(old, new, name, FILE_NAME, lineterm="")


def _after(text: str, lines: Sequence[str], end: str) -> str:
    gap = end if text and not text.endswith("\n") else ""
    return text + gap + "".join(f"{line}{end}" for line in lines)


def _within(text: str, tree: Node, stage: str, lines: Sequence[str], end: str) -> str:
    """Before the next stage, after the last line of this one that says something."""
    written = text.splitlines(keepends=True)
    after = [place.line for place in tree.key_places.values()]
    start = tree.key_places[stage].line
    stop = min([line for line in after if line > start], default=len(written) + 1) - 1
    while stop > start and written[stop - 1].strip()[:1] in ("", "#"):
        stop -= 1
    items = tree.value[stage].value
    indent = items[0].place.column - 3 if isinstance(items, list) and items else 2
    head = "".join(written[:stop])
    return _after(head, ["", *_indented(lines, max(0, indent))], end) + "".join(written[stop:])


def _indented(lines: Sequence[str], by: int) -> list[str]:
    return [f"{' ' * by}{line}" if line else "" for line in lines]


def _is_right(made: str, before: Node, stage: str, lines: Sequence[str]) -> bool:
    """Whether the file now says what it said, and the case, and nothing else."""
    [case] = parse("\n".join(lines).encode(), FILE_NAME).plain()
    said = before.plain() or {}
    try:
        after = parse(made.encode(), FILE_NAME).plain()
    except FatalError:
        return False
    return bool(after == {**said, stage: [*(said.get(stage) or []), case]})
