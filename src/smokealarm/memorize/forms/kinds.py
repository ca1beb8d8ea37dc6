"""Knows the classes of libraries by their names, so that a library nobody uses is not imported."""

from __future__ import annotations

import sys
from typing import Any


def base(value: Any, name: str, *libraries: str) -> type | None:
    """The class of that name, of one of these libraries, that the value is an instance of."""
    for each in type(value).__mro__:
        if each.__name__ == name and each.__module__.partition(".")[0] in libraries:
            return each
    return None


def overrides(value: Any, method: str, *libraries: str) -> bool:
    """Whether a method was written by the user and not by one of the libraries."""
    for each in type(value).__mro__:
        if method in vars(each):
            return each.__module__.partition(".")[0] not in libraries
    return False


def imported(name: str) -> Any:
    """A module of a library that the user's program has imported."""
    return sys.modules[name]
