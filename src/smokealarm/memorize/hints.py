"""What cannot be seen from outside, and may be declared with a set-up."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from smokealarm.errors import FatalError

HINTS = (
    "floor",
    "memorizable",
    "frozen",
    "outputs_mix_samples",
    "stochastic_forward",
    "targets_unused",
    "task",
    "num_classes",
    "causal",
    "pad_id",
    "accumulate_grad_batches",
    "precision",
)


def checked(hints: Any) -> Mapping[str, Any]:
    """The hints, if they can be understood. Raises FatalError."""
    if hints is None:
        return {}
    if not isinstance(hints, Mapping):
        raise FatalError(
            f"`hints` is a {type(hints).__name__}, not a dict",
            'Such as {"memorizable": "partial"}.',
        )
    if unknown := [name for name in hints if name not in HINTS]:
        raise FatalError(f"there is no hint `{unknown[0]}`", meant(unknown[0], HINTS))
    if (word := hints.get("memorizable", "full")) not in ("full", "partial", "off"):
        raise FatalError(f"hint `memorizable` is {word!r}", "It is full, partial or off.")
    return hints


def meant(wrong: object, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(str(wrong), known, n=1)
    return f"Did you mean `{close[0]}`?" if close else f"Known are {', '.join(known)}."
