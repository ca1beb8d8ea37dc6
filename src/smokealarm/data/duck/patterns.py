"""Patterns mean what Python's `re` says: RE2 answers where it says the same, Python the rest.

RE2 has no lookaround and no backreferences; its \\d, \\w, \\s, \\b and (?i) know ASCII only, and its $ does
not match before a last newline. Great_expectations on pandas 3 draws the same line, by pyarrow's RE2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb

from smokealarm.data.duck.distinct import refused_by
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql, joined
from smokealarm.data.duck.values import text_of
from smokealarm.data.questions import Faulty, Mismatched

_ASCII_ONLY = re.compile(r"\\[dDwWsSbB]|\(\?")
_OTHER_SYNTAX = re.compile(r"\{,|\[:")  # {,3} repeats in Python only, [:alpha:] is a class in RE2


def mismatched(relation: Relation, question: Faulty) -> Sql:
    """What is true of a value `v` that does not obey the patterns."""
    fault = question.fault
    assert isinstance(fault, Mismatched), "only patterns are spoken here"
    misses = list(_misses(relation, question, fault))
    if fault.obeys == "none":
        return joined((Sql(f"NOT ({text})", values) for text, values in misses), " OR ")
    return joined(misses, " AND " if fault.obeys == "any" else " OR ")


def _misses(relation: Relation, question: Faulty, fault: Mismatched) -> Iterator[Sql]:
    """Of each pattern, what is true of a value without it."""
    text = text_of(relation.columns[question.column])
    for pattern in fault.patterns:
        if fault.kind == "like":
            yield _unlike(text, pattern, fault.escape)
        else:
            yield _unmatched(relation, question, pattern)


def _unlike(text: str, pattern: str, escape: str) -> Sql:
    like = f"({text} NOT LIKE CAST(? AS VARCHAR)"
    if not escape:
        return Sql(f"{like})", (pattern,))
    return Sql(f"{like} ESCAPE CAST(? AS VARCHAR))", (pattern, escape))


def _unmatched(relation: Relation, question: Faulty, regex: str) -> Sql:
    """Values for Python are judged here and now."""
    search, regex = re.compile(regex).search, _in_re2(regex)
    text = text_of(relation.columns[question.column])
    fast = _runs_in_re2(relation.connection, regex)
    for_python = _exotic(regex, text) if fast else "true"
    matched = f"(NOT regexp_matches({text}, CAST(? AS VARCHAR)))"
    if for_python == "false":
        return Sql(matched, (regex,))
    table = refused_by(
        lambda value: not search(value),
        relation,
        question.column,
        question.where,
        of=text,
        which=for_python,
        called=regex,
    )
    rest = f"({text} IN (SELECT value FROM {table}))"
    if not fast:
        return Sql(rest)
    return Sql(f"(CASE WHEN {for_python} THEN {rest} ELSE {matched} END)", (regex,))


def _in_re2(regex: str) -> str:
    """The pattern with what RE2 takes for Python's `$`, where that stands at the very end only.

    It saves a look at every value for one that ends in a newline: 0.7 CPU seconds of 10 million rows.
    """
    body = regex[:-1]
    plain = not set("$|") & set(body) and "(?" not in body and not body.endswith("\\")
    return f"{body}\\n?\\z" if regex.endswith("$") and plain else regex


def _runs_in_re2(connection: duckdb.DuckDBPyConnection, regex: str) -> bool:
    if _OTHER_SYNTAX.search(regex):
        return False
    try:
        connection.execute("SELECT regexp_matches('', CAST(? AS VARCHAR))", [regex]).fetchall()
    except duckdb.InvalidInputException:
        return False
    return True


def _exotic(regex: str, text: str) -> str:
    """The values about which RE2 and Python may disagree, given the pattern."""
    if _ASCII_ONLY.search(regex):
        return f"(NOT regexp_full_match({text}, '[ -~]*'))"
    return f"suffix({text}, chr(10))" if "$" in regex else "false"
