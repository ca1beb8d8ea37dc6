"""What a user may write, read from the signature of the function that will receive it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec


class Field(NamedTuple):
    """One keyword-only parameter: its name, its type, and whether it must be given."""

    name: str
    type: Any
    required: bool
    default: Any = None


def fields(function: Callable[..., Any]) -> Mapping[str, Field]:
    """The keyword-only parameters of the function, by name, in their order.

    Read from the code object: `inspect` costs the style hook 7 ms of its 80.
    """
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    hints, code = get_type_hints(function), function.__code__
    names = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    defaults = function.__kwdefaults__ or {}
    return {
        name: Field(name, hints[name], name not in defaults, defaults.get(name)) for name in names
    }


class Mismatch(Exception):
    """A value is not of the type: the complaint, and the way to the offending part of the value."""

    def __init__(self, complaint: str, way: tuple[str | int, ...]) -> None:
        super().__init__(complaint)
        self.complaint = complaint
        self.way = way


def conform(value: Any, wanted: Any) -> Any:
    """The value as the type wants it (an int may become a float). Raises Mismatch."""
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        complaint, _, way = str(error).partition(" - at `$")
        if complaint.startswith("Invalid enum value"):
            complaint = f"expected one of {', '.join(_choices(wanted))}"
        raise Mismatch(complaint.replace("Expected", "expected"), _steps(way)) from None


def _choices(wanted: Any) -> list[str]:
    """The words that a Literal or an Enum allows."""
    return [str(getattr(choice, "value", choice)) for choice in get_args(wanted) or wanted]


def _steps(way: str) -> tuple[str | int, ...]:
    """The way `[1].name` as steps: 1, "name"."""
    found = re.findall(r"\[(\d+)\]|\.([^.\[`]+)", way)
    return tuple(int(index) if index else key for index, key in found)


def first_line(function: Callable[..., Any]) -> str:
    """What a check's docstring says first: what is true when it passes."""
    return (function.__doc__ or "").strip().partition("\n")[0]
