"""Patterns mean what Python's `re` says, whatever the engine: it is asked only where it cannot differ.

PostgreSQL takes `\\b` for a backspace and silently matches nothing, lets `.` match a line feed, and knows
no `(?i)` inside; Java's `$` also matches before `\\r`; RE2 has no lookaround. So an engine judges plain
texts (printable ASCII) by plain patterns, and Python judges the distinct ones among the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from smokealarm.data.columns import Kind
from smokealarm.data.questions import Faulty, Mismatched
from smokealarm.data.remote.judged import Judged, by_python, seen
from smokealarm.data.remote.relation import Relation
from smokealarm.data.remote.requests import Asking

ALIKE = ("PostgreSQL", "Spark", "duckdb")  # engines whose search was compared with Python's

_PLAIN_TEXT = "^[ -~]*$"
_ESCAPED = r"\\[dws.^$*+?(){}\[\]|/\\-]"
_MEMBER = r"[A-Za-z0-9 _.,:;@#%=<>!'\"+*?$(){}/~`]"
_CLASS = rf"\[\^?(?:{_ESCAPED}|{_MEMBER})(?:{_ESCAPED}|-(?=[A-Za-z0-9])|{_MEMBER})*-?\]"
_ONE = rf"(?:{_ESCAPED}|{_CLASS}|[A-Za-z0-9 _,:;@#%=<>!'\"/~`.&-])"
_REPEAT = r"(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})"
_GROUP = rf"\((?:\?:)?(?=[^)|*+?])|\)(?:{_REPEAT})?|\|(?=[^)|*+?])"
_PLAIN_PATTERN = re.compile(rf"\^?(?:{_ONE}{_REPEAT}?|{_GROUP})+\$?")


def mismatched(relation: Relation, question: Faulty) -> Asking[Judged]:
    """Which values do not obey the patterns."""
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, Mismatched), "as FAULTS says"
    refuses = _by_hand(fault)
    if column.kind is not Kind.TEXT or not _same_everywhere(relation, fault):
        return (yield from by_python(relation, question, refuses))
    value: Any = relation.value(question.column)
    plain = value.re_search(_PLAIN_TEXT)
    rest = yield from by_python(relation, question, refuses, ~plain)
    obeys = [value.re_search(pattern) for pattern in fault.patterns]
    return Judged(plain & _wrong(fault, obeys), rest.values)


def _same_everywhere(relation: Relation, fault: Mismatched) -> bool:
    return (
        relation.engine.name in ALIKE
        and fault.kind == "regex"
        and bool(fault.patterns)
        and all(is_plain(pattern) for pattern in fault.patterns)
    )


def is_plain(regex: str) -> bool:
    """Whether the pattern means the same to every engine, for texts of printable ASCII."""
    return bool(_PLAIN_PATTERN.fullmatch(regex))


def _wrong(fault: Mismatched, obeys: Sequence[Any]) -> Any:
    if fault.obeys == "none":
        return reduce(or_, obeys)
    return ~reduce(or_ if fault.obeys == "any" else and_, obeys)


def _by_hand(fault: Mismatched) -> Callable[[Any], bool]:
    searches = [_search(pattern, fault) for pattern in fault.patterns]

    def refuses(value: Any) -> bool:
        found = (bool(search(seen(value))) for search in searches)
        if fault.obeys == "none":
            return any(found)
        return not (any(found) if fault.obeys == "any" else all(found))

    return refuses


def _search(pattern: str, fault: Mismatched) -> Callable[[str], Any]:
    if fault.kind == "regex":
        return re.compile(pattern).search
    return re.compile(_of_like(pattern, fault.escape), re.DOTALL).fullmatch


def _of_like(pattern: str, escape: str) -> str:
    """SQL's LIKE as a regular expression about the whole text."""
    pieces, characters = [], iter(pattern)
    for character in characters:
        if escape and character == escape:
            pieces.append(re.escape(next(characters, escape)))
        else:
            pieces.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
    return "".join(pieces)
