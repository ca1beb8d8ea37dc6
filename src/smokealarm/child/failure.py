"""What the endings of a child mean: the change's fault, told on the user's own line."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from smokealarm.child.endings import Crash, Died
from smokealarm.child.stack import OWN
from smokealarm.errors import Place, SmokealarmError
from smokealarm.finding import Finding

SHOWN = 1500  # characters of what the code printed last


def failure(
    ending: Crash | Died, what: str, *, otherwise: Place | None = None, remedy: str = ""
) -> Finding:
    """The code crashed or its process died: a finding where it stood, or else at `otherwise`.

    `what` opens the message: "`digits.smoke:setup` failed". The other endings need no translation:
    TimedOut and OutOfMemory are Inconclusive, and say nothing of the change.
    """
    place = ending.place or otherwise
    return Finding(
        message=f"{what}: {ending.message}",
        path=place.path if place else None,
        line=place.line if place else None,
        evidence={"printed last": ending.output[-SHOWN:]} if ending.output.strip() else {},
        remedy=remedy or "Mend this line; the last of what the code printed is in the evidence.",
    )


def is_ours(ending: SmokealarmError, calling: Collection[str] = ()) -> bool:
    """Whether the error was raised by a line of smokealarm: a bug of ours, not of the change.

    `calling` names our files that call the user's objects: wrong arguments are the user's.
    """
    if not isinstance(ending, Crash) or not ending.frames:
        return False
    path = Path(ending.frames[-1].path)
    return OWN in path.parents and path.name not in calling
