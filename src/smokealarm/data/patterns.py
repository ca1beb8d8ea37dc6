"""Patterns mean what Python's `re` says: RE2 answers where it says the same, Python the rest.

RE2 has no lookaround and no backreferences; its \\d, \\w, \\s, \\b and (?i) know ASCII only, and its $ does
not match before a last newline. Great_expectations on pandas 3 draws the same line, by pyarrow's RE2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb

from smokealarm.data.columns import Column
from smokealarm.data.questions import Faulty, Unmatched
from smokealarm.data.sql import Sql, missing, text_of

_BATCH = 10_000
_ASCII_ONLY = re.compile(r"\\[dDwWsSbB]|\(\?")
_OTHER_SYNTAX = re.compile(
    r"\{,|\[:"
)  # {,3} repeats in Python only, [:alpha:] is a class in RE2 only


def condition(
    connection: duckdb.DuckDBPyConnection, question: Faulty, column: Column, name: str, number: int
) -> Sql:
    """What is true of a value `v` without the pattern. Values for Python are judged here and now."""
    assert isinstance(question.fault, Unmatched), "only patterns are spoken here"
    regex, text = question.fault.regex, text_of(column)
    fast = _runs_in_re2(connection, regex)
    for_python = _exotic(regex, text) if fast else "true"
    rest = f"{text} IN (SELECT value FROM unmatched{number})"
    if for_python != "false":
        query = f"SELECT DISTINCT {text} FROM (SELECT {name} AS v FROM t)"
        query += f" WHERE NOT {missing(column)} AND {for_python}"
        unmatched = list(_unmatched(connection.execute(query), re.compile(regex)))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE unmatched{number} AS "
            "SELECT unnest(CAST(? AS VARCHAR[])) AS value",
            [unmatched],
        )
    if not fast:
        return rest, []
    matched = f"NOT regexp_matches({text}, CAST(? AS VARCHAR))"
    if for_python == "false":
        return matched, [regex]
    return f"CASE WHEN {for_python} THEN {rest} ELSE {matched} END", [regex]


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
