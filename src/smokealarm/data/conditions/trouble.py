"""What is said of a row condition that is not understood, and the limits that keep one small."""

from __future__ import annotations

from smokealarm.errors import FatalError

MAX_CHARACTERS = 10_000
MAX_DEPTH = 50
SHOWN = 40  # characters of the condition around the place that is not understood


def not_understood(text: str, at: int, why: str, understood: str) -> FatalError:
    """The error, with the place in the condition, counted from 1."""
    start = max(0, at - SHOWN // 2)
    part = f"{'…' * (start > 0)}{text[start:at]}»{text[at : at + SHOWN]}"
    return FatalError(
        f"the row condition is not understood at character {at + 1}, {part!r}: {why}",
        f"What is understood: {understood}",
    )


def refuse_size(text: str, understood: str) -> None:
    """Nobody writes a condition of ten thousand characters; whoever does wants to harm the parser."""
    if len(text) > MAX_CHARACTERS:
        why = f"it has {len(text):,} characters, more than the {MAX_CHARACTERS:,} that are read"
        raise not_understood(text, MAX_CHARACTERS, why, understood)
