"""A crash of the user's set-up as a finding on the user's own line, with the layer that it was in."""

from __future__ import annotations

from msgspec import structs

from smokealarm.child import Crash, Died, failure
from smokealarm.errors import Place
from smokealarm.finding import Finding, Scalar

# Where we call the user's objects, or stand between them and torch: what falls there is theirs.
CALLING = ("bench.py", "plain.py", "batch.py", "step.py", "trial.py", "floor.py", "origin.py")
LEVELS = 5  # of the user's own stack that are shown


def as_finding(error: Crash | Died, setup: Place | None, culprit: str) -> Finding:
    """`setup` is where the set-up function is defined, for a crash outside of the user's lines."""
    told = failure(
        error,
        "the set-up crashes",
        otherwise=setup,
        remedy="This is what a training run would meet, too. Mend the line shown, and run it again.",
    )
    message = told.message + (f" (in {culprit})" if culprit else "")
    return structs.replace(
        told, message=message, evidence={**_evidence(error, culprit), **told.evidence}
    )


def _evidence(error: Crash | Died, culprit: str) -> dict[str, Scalar]:
    evidence: dict[str, Scalar] = {"module": culprit} if culprit else {}
    if isinstance(error, Crash):
        stack = [f"{f.path}:{f.line} in {f.function}" for f in error.frames if f.in_repository]
        evidence["your lines, last call last"] = "\n".join(stack[-LEVELS:])
    return evidence
