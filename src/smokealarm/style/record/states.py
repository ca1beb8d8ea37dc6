"""How much a repository keeps of a rule: `off < new < strict`, and which findings that lets count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timezone
from enum import IntEnum


class State(IntEnum):
    """The higher state keeps more, and the higher of two wins."""

    OFF = 0  # nothing counts; what no line of the record names is off
    NEW = 1  # what the change adds counts; for a formatter: what is clean stays clean
    STRICT = 2  # everything in a changed file counts


STATES: Mapping[str, State] = {"keep": State.NEW, "new": State.NEW, "strict": State.STRICT}

# The words that a line may use, by the kind of its tool.
FORMATTER = ("keep", "strict")
LINTER = ("new", "strict")


def counts(state: State, is_new: bool) -> bool:
    """Whether a violation counts where this state is kept."""
    return state is State.STRICT or (state is State.NEW and is_new)


def utc_today() -> date:
    """Today in UTC, so that a hook in Auckland and a runner in Oregon agree when a waive ends."""
    return datetime.now(timezone.utc).date()
