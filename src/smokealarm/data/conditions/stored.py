"""Conditions as great_expectations 1.x stores its objects in a suite file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

from smokealarm.data.conditions.trouble import MAX_DEPTH
from smokealarm.data.conditions.where import (
    Absent,
    Among,
    Compared,
    Condition,
    Every,
    Literally,
    Sign,
    Some,
)
from smokealarm.errors import FatalError

UNDERSTOOD = (
    'What is understood: {"type": "comparison", "column": {"name": "x"}, "operator": ">", '
    '"parameter": 5}; the operators ==, !=, <, <=, >, >=, IN, NOT_IN; {"type": "nullity", "column": '
    '{"name": "x"}, "is_null": true}; {"type": "and" or "or", "conditions": [...]}.'
)
Parse = Callable[[str], Condition]


def parsed(stored: Mapping[str, Any], parse: Parse, at: str = "", depth: int = 0) -> Condition:
    """The condition; `parse` reads a text that was passed through. `at` is the way to this part."""
    kind = stored.get("type")
    if depth > MAX_DEPTH:
        raise _wrong(at, f"it is nested more than {MAX_DEPTH} levels deep")
    if kind in ("and", "or"):
        parts = tuple(_parts(stored, parse, at, depth))
        return Every(parts) if kind == "and" else Some(parts)
    if kind == "pass_through" and isinstance(stored.get("pass_through_filter"), str):
        return parse(stored["pass_through_filter"])
    if kind == "nullity" and isinstance(stored.get("is_null"), bool):
        return Absent(_column(stored, at), not stored["is_null"])
    if kind == "comparison":
        return _comparison(stored, at)
    raise _wrong(at, f"{_short(stored)} is no condition")


def _parts(stored: Mapping[str, Any], parse: Parse, at: str, depth: int) -> list[Condition]:
    parts = stored.get("conditions")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise _wrong(f"{at}.conditions", "a list of conditions belongs here")
    return [
        parsed(part, parse, f"{at}.conditions[{number}]", depth + 1)
        for number, part in enumerate(parts)
    ]


def _comparison(stored: Mapping[str, Any], at: str) -> Condition:
    column, operator = _column(stored, at), stored.get("operator")
    parameter, place = stored.get("parameter"), f"{at}.parameter"
    if operator in ("IN", "NOT_IN"):
        if not isinstance(parameter, list):
            raise _wrong(place, f"{operator} needs a list, not {_short(parameter)}")
        values = tuple(_value(each, place) for each in parameter)
        return Among(column, values, operator == "NOT_IN")
    signs: dict[object, Sign] = {sign: sign for sign in get_args(Sign)}
    if isinstance(operator, str) and operator in signs:
        return Compared(column, signs[operator], _value(parameter, place))
    raise _wrong(f"{at}.operator", f"{_short(operator)} is no operator")


def _column(stored: Mapping[str, Any], at: str) -> str:
    column = stored.get("column")
    name = column.get("name") if isinstance(column, dict) else column
    if not isinstance(name, str):
        raise _wrong(f"{at}.column", "the name of a column belongs here")
    return name


def _value(value: object, at: str) -> Literally:
    if isinstance(value, float) and math.isnan(value):
        raise _wrong(at, "nothing compares with NaN; ask for nullity instead")
    if not isinstance(value, (str, int, float)):
        raise _wrong(at, f"{_short(value)} is neither a text nor a number")
    return value


def _wrong(at: str, why: str) -> FatalError:
    return FatalError(
        f"the row condition is not understood at `row_condition{at}`: {why}", UNDERSTOOD
    )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
