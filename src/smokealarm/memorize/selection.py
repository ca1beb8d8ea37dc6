"""Which checks are asked for when nobody chose, and which of them are cheap. Free of torch."""

from __future__ import annotations

# They cost more than the fit, or ask for what not every program promises.
OPT_IN: frozenset[str] = frozenset(
    {
        "batch_splits",
        "deterministic",
        "generalizes",
        "labels_matter",
        "loading",
        "precision",
        "ranks_agree",
        "resumes",
    }
)

# What the quick budget does not pay for, beside those: each of them trains, or runs for seconds.
FULL_ONLY: frozenset[str] = frozenset()


def is_quick(check: str) -> bool:
    """Whether the quick budget asks it."""
    return check not in OPT_IN and check not in FULL_ONLY
