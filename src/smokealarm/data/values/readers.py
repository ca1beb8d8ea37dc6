"""Readers of text that only Python has: each takes its argument and returns what accepts a value."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Union

from dateutil import parser

from smokealarm.loading import load

Text = Union[str, bytes]
Accepts = Callable[[Text], bool]

ISO = re.compile(r"[12]\d{3}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?", re.ASCII)


def dates(argument: str) -> Accepts:
    """What `dateutil.parser.parse` takes for a date. ISO 8601 goes a shorter way to the same end."""
    warnings.filterwarnings("ignore", category=parser.UnknownTimezoneWarning)

    def accepts(text: Text) -> bool:
        try:
            if isinstance(text, bytes):
                return False
            (datetime.fromisoformat if ISO.fullmatch(text) else parser.parse)(text)
        except (ValueError, OverflowError):
            return False
        except (ArithmeticError, AttributeError, TypeError):  # dateutil stumbles over odd texts
            return False
        return True

    return accepts


def moments(argument: str) -> Accepts:
    """What `datetime.strptime` reads by the format."""

    def accepts(text: Text) -> bool:
        try:
            datetime.strptime(str(text), argument)
        except ValueError:
            return False
        return isinstance(text, str)

    return accepts


def json_texts(argument: str) -> Accepts:
    """What `json.loads` takes."""

    def accepts(text: Text) -> bool:
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
        return True

    return accepts


def json_of_schema(argument: str) -> Accepts:
    """JSON that obeys the schema, itself written as JSON."""
    accepts: Accepts = load("data.values.json_schema").accepting(json.loads(argument))
    return accepts


READERS: Mapping[str, Callable[[str], Accepts]] = {
    "dateutil": dates,
    "json": json_texts,
    "json_schema": json_of_schema,
    "strftime": moments,
}
