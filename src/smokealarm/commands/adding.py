"""Adds a case to a configuration as text, so that every byte that was there before stays."""

from __future__ import annotations

from collections.abc import Sequence

from smokealarm.errors import FatalError
from smokealarm.stage import FILE_NAME
from smokealarm.tree import Node
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
