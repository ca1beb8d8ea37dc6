"""Patterns mean what Python's `re` says, whatever the engine: it is asked only where it cannot differ.

PostgreSQL takes `\\b` for a backspace and silently matches nothing, lets `.` match a line feed, and knows
no `(?i)` inside; Java's `$` also matches before `\\r`; RE2 has no lookaround. So an engine judges plain
texts (printable ASCII) by patterns in which nothing differs there (`values/portable.py`), and Python
judges the distinct ones among the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from smokealarm.data.columns import Kind
from smokealarm.data.questions import Faulty, Mismatched
from smokealarm.data.remote.judged import Judged, by_python, seen
from smokealarm.data.remote.relation import Relation
from smokealarm.data.remote.requests import Asking
from smokealarm.data.values.portable import is_same
from smokealarm.data.values.portable_rules import Engine

ALIKE: Mapping[str, Engine] = {"PostgreSQL": "PostgreSQL", "Spark": "Java", "duckdb": "RE2"}

_PLAIN_TEXT = "^[ -~]*$"


def mismatched(relation: Relation, question: Faulty) -> Asking[Judged]:
    """Which values do not obey the patterns."""
    fault, column = question.fault, relation.columns[question.column]
    assert isinstance(fault, Mismatched), "as FAULTS says"
    refuses = _by_hand(fault)
    if column.kind is not Kind.TEXT or not _is_same(relation, fault):
        return (yield from by_python(relation, question, refuses))
    value: Any = relation.value(question.column)
    plain = value.re_search(_PLAIN_TEXT)
    rest = yield from by_python(relation, question, refuses, ~plain)
    obeys = [value.re_search(pattern) for pattern in fault.patterns]
    return Judged(plain & _wrong(fault, obeys), rest.values)


def _is_same(relation: Relation, fault: Mismatched) -> bool:
    """Whether the engine finds in plain texts what Python finds."""
    engine = ALIKE.get(relation.engine.name)
    if engine is None or fault.kind != "regex" or not fault.patterns:
        return False
    return all(is_same(pattern, engine) for pattern in fault.patterns)


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
