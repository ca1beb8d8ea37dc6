"""A crash of the user's set-up as a finding on the user's own line, with the layer that it was in."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from smokealarm.child import Crash, Died, failure
from smokealarm.errors import Place
from smokealarm.finding import Finding, Scalar

# Where we call the user's objects, or stand between them and torch: what falls there is theirs.
CALLING = (
    "bench.py",
    "plain.py",
    "lightning.py",
    "lightning_loop.py",
    "lightning_around.py",
    "calls.py",
    "one_batch.py",
    "trainer.py",
    "batch.py",
    "step.py",
    "trial.py",
    "floor.py",
    "origin.py",
    "planting.py",
)
LEVELS = 5  # of the user's own stack that are shown
LONGEST = 200  # letters of torch's own words
SHOWN = {
    "module": "module",
    "beside": "tensors on that line",
    "before": "layers that went well, last call last",
}


def as_finding(
    error: Crash | Died, setup: Place | None, culprit: Mapping[str, str] = {}
) -> Finding:
    """`setup` is where the set-up function is defined, for a crash outside of the user's lines.

    `culprit` tells of the error in the user's terms: the module it was raised in and what that was
    given; where its kind is known, a message, a remedy, and what was done before.
    """
    told = failure(
        error,
        "the set-up crashes",
        otherwise=setup,
        remedy=culprit.get("remedy")
        or "This is what a training run would meet, too. Mend the line shown, and run it again.",
    )
    return structs.replace(
        told,
        message=_message(told.message, error, culprit),
        evidence={**_evidence(error, culprit), **told.evidence},
    )


def _message(message: str, error: Crash | Died, culprit: Mapping[str, str]) -> str:
    if culprit.get("message"):
        return f"the set-up crashes: {culprit['message']} [{_line(error.message)}]"
    return message + (f" (in {culprit['module']})" if culprit.get("module") else "")


def _line(text: str) -> str:
    """Torch's own words, for those who search for them."""
    first = text.splitlines()[0]
    return first if len(first) <= LONGEST else first[:LONGEST] + "..."


def _evidence(error: Crash | Died, culprit: Mapping[str, str]) -> dict[str, Scalar]:
    evidence: dict[str, Scalar] = {
        words: culprit[key] for key, words in SHOWN.items() if culprit.get(key)
    }
    if isinstance(error, Crash):
        stack = [f"{f.path}:{f.line} in {f.function}" for f in error.frames if f.in_repository]
        evidence["your lines, last call last"] = "\n".join(stack[-LEVELS:])
    return evidence
