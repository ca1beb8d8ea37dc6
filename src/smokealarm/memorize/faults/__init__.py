"""The catalogue of faults: what goes wrong in training programs, planted into a healthy one.

A fault is a function in a file of its kind. It is given a set-up as it was made and returns it broken; or it
raises Unasked, with the reason, where the program has no place for it. Its docstring's first line says what
is wrong then, in the words of somebody who has found it in their own code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from smokealarm.errors import FatalError
from smokealarm.memorize.hints import meant
from smokealarm.memorize.setup import Setup

FAULTS: Mapping[str, Callable[[Setup], Setup]] = {}


def planted(setup: Setup, name: str) -> Setup:
    """The program with the fault in it. Raises FatalError for a fault that nobody knows."""
    if name not in FAULTS:
        raise FatalError(f"there is no fault `{name}`", meant(name, tuple(FAULTS)))
    return FAULTS[name](setup)
