"""The one file in which questions become SQL, in DuckDB's words; user's values are always bound.

A scan reads `v`, the column's value, and `n`, the number of rows that have it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from smokealarm.data.columns import Column, Kind
from smokealarm.data.plan import Scan
from smokealarm.data.questions import Bound, Fault, Faulty, Missing, NotIn, Outside, Repeated, Value

FLOATS = ("FLOAT", "DOUBLE")
EXAMPLES = 5

Sql = tuple[str, list[Value]]
Patterns = Mapping[Faulty, Sql]  # conditions that `patterns.condition` has made


def scan_query(scan: Scan, name: str, patterns: Patterns) -> Sql:
    """One row: all rows, missing rows, rows with each fault in turn, and the mean if asked."""
    tallies, bound = [_tally("true", scan)], list[Value]()
    tallies.append(_tally(missing(scan.column), scan))
    for question in scan.faults:
        condition, values = _condition(question, scan.column, patterns)
        tallies.append(_tally(condition, scan))
        bound += values
    if scan.mean:
        tallies.append(f"avg(CAST(v AS DOUBLE)) FILTER (NOT {missing(scan.column)})")
    rows = f"SELECT {name} AS v, count(*) AS n FROM t GROUP BY 1"
    if not scan.grouped:
        rows = f"SELECT {name} AS v FROM t"
    return f"SELECT {', '.join(tallies)} FROM ({rows})", bound


def examples_query(
    question: Faulty, column: Column, name: str, row: str, patterns: Patterns
) -> Sql:
    """The first rows with the fault: their 0-based number and their value as text."""
    condition, values = _condition(question, column, patterns)
    if isinstance(question.fault, Repeated):
        condition = f"v IN (SELECT {name} FROM t GROUP BY 1 HAVING count(*) > 1)"
        condition += f" AND NOT {missing(column)}"
    query = (
        f"SELECT r, CAST(v AS VARCHAR) FROM (SELECT {row} AS r, {name} AS v FROM t) "
        f"WHERE {condition} ORDER BY r LIMIT {EXAMPLES}"
    )
    return query, values


def quoted(text: str) -> str:
    """A literal, for the places where SQL takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def _tally(condition: str, scan: Scan) -> str:
    if scan.grouped:
        return f"coalesce(sum(n) FILTER ({condition}), 0)"
    return f"count(*) FILTER ({condition})"


def missing(column: Column) -> str:
    """NaN is no NULL in a file, but it is to pandas, and so to great_expectations."""
    return "(v IS NULL OR isnan(v))" if column.type in FLOATS else "(v IS NULL)"


def _condition(question: Faulty, column: Column, patterns: Patterns) -> Sql:
    if isinstance(question.fault, Missing):
        return missing(column), []
    known = patterns.get(question)
    condition, values = known if known else _fault(question.fault, column)
    return f"NOT {missing(column)} AND ({condition})", values


def _fault(fault: Fault, column: Column) -> Sql:
    if isinstance(fault, Outside):
        return _outside(fault, column)
    if isinstance(fault, NotIn):
        return _not_in(fault, column)
    return "n > 1", []


def _outside(fault: Outside, column: Column) -> Sql:
    """A value that does not compare with the bound lies outside: it is never quietly right."""
    sides = [
        (fault.min_value, "<=" if fault.strict_min else "<"),
        (fault.max_value, ">=" if fault.strict_max else ">"),
    ]
    conditions, values = [], list[Value]()
    for bound, sign in sides:
        if bound is not None:
            left, right = _comparable(bound, column)
            conditions.append(f"coalesce({left} {sign} {right}, true)")
            values.append(bound)
    return " OR ".join(conditions), values


def _comparable(bound: Bound | Value, column: Column) -> tuple[str, str]:
    """The two sides of a comparison, brought to one type without losing digits of the column."""
    if isinstance(bound, str):
        if column.kind is Kind.MOMENT:
            moment = "TIMESTAMPTZ" if "TIME ZONE" in column.type else "TIMESTAMP"
            return f"CAST(v AS {moment})", f"TRY_CAST(CAST(? AS VARCHAR) AS {moment})"
        left = "CAST(v AS VARCHAR)" if column.kind is Kind.TEXT else "CAST(NULL AS VARCHAR)"
        return left, "CAST(? AS VARCHAR)"
    number = "CAST(? AS DOUBLE)" if isinstance(bound, float) else "?"
    if column.type == "FLOAT":  # 0.1 in a column of 32-bit numbers is the nearest one to 0.1
        return "v", "CAST(? AS FLOAT)"
    if column.kind is Kind.BOOLEAN:
        return "CAST(v AS INTEGER)", number
    if column.kind is Kind.NUMBER:
        return "v", number
    return f"TRY_CAST({text_of(column)} AS DOUBLE)", number


def _not_in(fault: NotIn, column: Column) -> Sql:
    values = list(_members(fault.values, column))
    if not values:
        return "true", []
    if column.kind in (Kind.TEXT, Kind.OTHER):
        left, rights = text_of(column), ["CAST(? AS VARCHAR)"] * len(values)
    else:
        left = _comparable(values[0], column)[0]
        rights = [_comparable(value, column)[1] for value in values]
    return f"NOT coalesce({left} IN ({', '.join(rights)}), false)", values


def _members(values: tuple[Value, ...], column: Column) -> Iterator[Value]:
    """Those values of a set that a value of the column's kind can be equal to."""
    for value in values:
        if value is None:
            continue
        if column.kind is Kind.OTHER:
            yield from {str(value), json.dumps(value, ensure_ascii=False)}
        elif isinstance(value, str):
            if column.kind in (Kind.TEXT, Kind.MOMENT):
                yield value
        elif column.kind in (Kind.NUMBER, Kind.BOOLEAN):
            yield int(value) if value == value // 1 else value


def text_of(column: Column) -> str:
    """The value as Python would print it."""
    if column.kind is Kind.BOOLEAN:
        return "CASE WHEN v THEN 'True' ELSE 'False' END"
    return "v" if column.type == "VARCHAR" else "CAST(v AS VARCHAR)"
