"""What a rule is worth: correctness first, taste last, and what is never proposed."""

from __future__ import annotations

from enum import IntEnum

from smokealarm.finding import Finding


class Tier(IntEnum):
    """The order in which rules are proposed."""

    CORRECTNESS = 0  # what breaks it fails, or does not do what it says
    LIKELY = 1  # what breaks it is often a slip
    TASTE = 2  # what breaks it reads less well


WORDS = {Tier.CORRECTNESS: "correctness", Tier.LIKELY: "likely slips", Tier.TASTE: "taste"}

# The length of lines is where people and tools disagree most, and what black writes on purpose
# (its manual, "Using Black with other tools") would alarm on the day somebody formats a folder.
NEVER = ("E501", "W505", "B950", "E203", "E701", "E704", "W503", "W504")

_LIKELY = ("E4", "E7", "W6", "B", "S")  # pycodestyle's statements; flake8-bugbear, flake8-bandit
_LAYOUT = ("E1", "E2", "E3", "E5", "E70", "W1", "W2", "W3", "W5")
_SEVERITIES = {"error": Tier.CORRECTNESS, "warning": Tier.LIKELY}


def tier_of(tool: str, rule: str, example: Finding | None = None) -> Tier:
    """What the rule is worth. shellcheck says so itself, with each violation."""
    if tool == "black":
        return Tier.TASTE
    if tool == "shellcheck":
        severity = example.evidence.get("severity") if example else "warning"
        return _SEVERITIES.get(str(severity), Tier.TASTE)
    if rule.startswith(("E9", "F")):
        return Tier.CORRECTNESS
    return Tier.LIKELY if rule.startswith(_LIKELY) and not is_layout(rule) else Tier.TASTE


def is_layout(rule: str) -> bool:
    """Whether the rule of pycodestyle is about what a formatter writes anyway."""
    return rule.startswith(_LAYOUT)
