"""A crash of the user's code as a finding on the user's own line."""

from __future__ import annotations

from pathlib import Path

from smokealarm.child import Crash, Died
from smokealarm.errors import Place, SmokealarmError
from smokealarm.finding import Finding, Scalar
from smokealarm.memorize.fit import at

OWN = Path(__file__).resolve().parents[1]
# Where we call the user's objects, or stand between them and torch: what falls there is theirs.
CALLING = ("setup.py", "batch.py", "step.py", "floor.py", "origin.py")
SHOWN = 1500  # characters of what was printed last


def is_ours(error: SmokealarmError) -> bool:
    """Whether the error was raised by smokealarm's own code, and is no affair of the user's."""
    frames = error.frames if isinstance(error, Crash) else ()
    path = Path(frames[-1].path) if frames else Path()
    return OWN in path.parents and path.name not in CALLING


def as_finding(error: Crash | Died, setup: Place | None, culprit: str) -> Finding:
    """`setup` is where the set-up function is defined, for a crash outside of the user's lines."""
    place = error.place or setup
    evidence: dict[str, Scalar] = {}
    if culprit:
        evidence["module"] = culprit
    if isinstance(error, Crash):
        stack = [f"{f.path}:{f.line} in {f.function}" for f in error.frames if f.in_repository]
        evidence["your lines, last call last"] = "\n".join(stack[-5:])
    if error.output:
        evidence["printed last"] = error.output[-SHOWN:]
    return Finding(
        message=f"the set-up crashes: {error.message}" + (f" (in {culprit})" if culprit else ""),
        **at(place),
        evidence=evidence,
        remedy="This is what a training run would meet, too. Mend the line shown, and run it again.",
    )
