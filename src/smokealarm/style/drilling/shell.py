"""Places in a shell script where lines may be added without tearing anything apart."""

from __future__ import annotations

from random import Random

from smokealarm.style.drilling.edit import Copy
from smokealarm.style.drilling.python import Spot


def is_fit(text: str) -> bool:
    """Whether a copy can be edited by whole lines."""
    return "\r" not in text and bool(text.strip())


def inside(copy: Copy, rng: Random) -> Spot | None:
    """Below the first comments: anywhere else there may be a string over several lines."""
    lines = copy.text.split("\n")
    below = next((at for at, line in enumerate(lines) if line[:1] != "#"), None)
    return None if below is None else Spot(below)


def wrapped(snippet: str, name: str) -> str:
    """The snippet as it is: functions would hide what is unused."""
    return f"{snippet or 'true'}\n"


def appended(text: str, block: str) -> str:
    """The text with the block at its end."""
    return f"{text.rstrip()}\n\n{block}"
