"""The finding of a test that found a surprise."""

from __future__ import annotations

from smokealarm.finding import Finding, Scalar


def surprising(
    column: str, what: str, found: float, p_value: float, evidence: dict[str, Scalar]
) -> Finding:
    """The p-value is not above the one that must be exceeded."""
    return Finding(
        message=f"{column}: {what} (p-value {found:.3g}, expected above {p_value:g})",
        remedy="Look at what changed in how the data was collected; bring the expected distribution "
        "up to date if the new one is right.",
        evidence={"column": column, "observed_value": found, "p_value": p_value, **evidence},
    )
