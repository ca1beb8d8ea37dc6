"""Patterns mean what Python's `re` says: RE2 answers where it says the same, Python the rest.

RE2 has no lookaround and no backreferences; its \\d, \\w, \\s, \\b and (?i) know ASCII only, and its $ does
not match before a last newline. Great_expectations on pandas 3 draws the same line, by pyarrow's RE2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb

from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql, identifier
from smokealarm.data.duck.values import missing, text_of
from smokealarm.data.questions import Faulty, Unmatched

_BATCH = 10_000
_ASCII_ONLY = re.compile(r"\\[dDwWsSbB]|\(\?")
_OTHER_SYNTAX = re.compile(
    r"\{,|\[:"
)  # {,3} repeats in Python only, [:alpha:] is a class in RE2 only


def unmatched(relation: Relation, question: Faulty) -> Sql:
    """What is true of a value `v` without the pattern. Values for Python are judged here and now."""
    assert isinstance(question.fault, Unmatched), "only patterns are spoken here"
    regex, text = question.fault.regex, text_of(relation.columns[question.column])
    fast = _runs_in_re2(relation.connection, regex)
    for_python = _exotic(regex, text) if fast else "true"
    matched = f"NOT regexp_matches({text}, CAST(? AS VARCHAR))"
    if for_python == "false":
        return Sql(matched, (regex,))
    rest = f"{text} IN (SELECT value FROM {_judged_by_python(relation, question, for_python)})"
    if not fast:
        return Sql(rest)
    return Sql(f"CASE WHEN {for_python} THEN {rest} ELSE {matched} END", (regex,))


def _judged_by_python(relation: Relation, question: Faulty, which: str) -> str:
    """A table of those distinct values that have not the pattern, made once."""
    assert isinstance(question.fault, Unmatched), "only patterns are spoken here"
    if question not in relation.scratch:
        column, name = (
            relation.columns[question.column],
            f"{relation.view.name}_{len(relation.scratch)}",
        )
        rows, text = relation.rows(question.where), text_of(column)
        query = f"SELECT DISTINCT {text} FROM (SELECT {relation.key(column.name)} AS v FROM {rows.text})"
        query += f" WHERE NOT {missing('v', column)} AND {which}"
        values = relation.connection.execute(query, rows.values)
        found = list(_unmatched(values, re.compile(question.fault.regex)))
        relation.connection.execute(
            f"CREATE TEMP TABLE {identifier(name)} AS SELECT unnest(CAST(? AS VARCHAR[])) AS value",
            [found],
        )
        relation.scratch[question] = identifier(name)
    return relation.scratch[question]


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
        return f"NOT regexp_full_match({text}, '[ -~]*')"
    return f"suffix({text}, chr(10))" if "$" in regex else "false"


def _unmatched(values: duckdb.DuckDBPyConnection, pattern: re.Pattern[str]) -> Iterator[str]:
    while batch := values.fetchmany(_BATCH):
        yield from (value for (value,) in batch if not pattern.search(value))
