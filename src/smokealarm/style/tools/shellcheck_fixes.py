"""Applying the fixes that shellcheck proposes in its format `json1`, as its own `-f diff` does.

Every place is one of the text before any fix. The highest precedence goes in first, of equal ones
the last, and `insertionPoint` says on which side of it a later one at the same place comes to stand.
Source: ShellCheck/Interface.hs and ShellCheck/Fixer.hs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

ROUNDS = 20  # fixes that overlap go in one after the other; each round must find less


class Replacement(Struct, frozen=True):
    """Text for a range of columns; a tab is one column, and so is a byte that is not UTF-8."""

    line: int
    endLine: int
    column: int
    endColumn: int
    insertionPoint: Literal["beforeStart", "afterEnd"]
    precedence: int
    replacement: str


class Fix(Struct, frozen=True):
    """What is to be replaced all at once, or not at all."""

    replacements: list[Replacement]


class Proposal(Struct, frozen=True):
    """A comment of shellcheck, as far as it matters here."""

    code: int
    level: str
    fix: Fix | None = None


Look = Callable[[bytes], Sequence[Proposal]]
Span = tuple[int, int]  # from this character up to, and without, that one
Placed = tuple[Span, Replacement]


def proposals(comments: Sequence[object]) -> list[Proposal]:
    """The comments, with their fixes read; only `--fix` depends on the form of those."""
    return msgspec.convert(comments, list[Proposal], from_attributes=True)


def mended(content: bytes, look: Look, lines: Collection[int] | None) -> bytes:
    """The script with the fixes that make it better, of those wholly on these lines."""
    known = look(content)
    for _ in range(ROUNDS):
        better = _better(content, known, look, lines)
        if not better:
            break
        content, known = better
    return content


def _better(
    content: bytes, known: Sequence[Proposal], look: Look, lines: Collection[int] | None
) -> tuple[bytes, Sequence[Proposal]] | None:
    """The script with all the fixes or, where one of them does harm, with those of one rule."""
    fixes = [
        (one.code, one.fix)
        for one in known
        if one.fix and _is_on(one.fix, lines) and _is_sound(one.fix, content)
    ]
    rules = set(code for code, _ in fixes)
    for chosen in (rules, *({rule} for rule in sorted(rules))):
        draft = applied(content, [fix for code, fix in fixes if code in chosen])
        moved = lines is not None and draft.count(b"\n") != content.count(b"\n")
        if draft != content and not moved and _is_less(found := look(draft), known):
            return draft, found
    return None


def applied(content: bytes, fixes: Iterable[Fix]) -> bytes:
    """The script with these fixes; of two that overlap only the first, because it moves the other."""
    text = content.decode("utf-8", "surrogateescape")
    starts = _starts(text)
    taken: list[Placed] = []
    for fix in fixes:
        placed = [(_span(one, starts), one) for one in fix.replacements]
        if not any(_overlap(new, old) for new in placed for old in taken):
            taken += placed
    shifts: list[tuple[int, int]] = []
    for (start, end), one in reversed(sorted(taken, key=lambda pair: pair[1].precedence)):
        here = [sum(by for point, by in shifts if point <= place) for place in (start, end)]
        text = text[: start + here[0]] + one.replacement + text[end + here[1] :]
        point = start if one.insertionPoint == "beforeStart" else end + 1
        shifts.append((point, len(one.replacement) - (end - start)))
    return text.encode("utf-8", "surrogateescape")


def _is_on(fix: Fix, lines: Collection[int] | None) -> bool:
    numbers = {number for one in fix.replacements for number in range(one.line, one.endLine + 1)}
    return lines is None or numbers <= set(lines)


def _starts(text: str) -> list[int]:
    """Where each line begins. Shellcheck ends a line at a line feed and nowhere else."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _span(one: Replacement, starts: Sequence[int]) -> Span:
    start, end = starts[one.line - 1] + one.column - 1, starts[one.endLine - 1] + one.endColumn - 1
    return start, end


def _overlap(one: Placed, other: Placed) -> bool:
    """Whether both change the same text, or put the same in at one place: there both may mend one thing."""
    (start, end), (first, last) = one[0], other[0]
    same_place = start == end == first == last
    alike = same_place and one[1].replacement == other[1].replacement
    return alike or (start < last and first < end)


def _is_sound(fix: Fix, content: bytes) -> bool:
    """Not one that turns backticks around `(a; b)` into `$((a; b))`, which is arithmetic."""
    text = content.decode("utf-8", "surrogateescape")
    starts = _starts(text)
    opening = (one for one in fix.replacements if one.replacement.endswith("$("))
    return not any(text.startswith("(", _span(one, starts)[1]) for one in opening)


def _is_less(after: Sequence[Proposal], before: Sequence[Proposal]) -> bool:
    """Less is found, and nothing new that makes the script fail."""
    errors = [
        Counter(one.code for one in found if one.level == "error") for found in (after, before)
    ]
    return len(after) < len(before) and errors[0] <= errors[1]
