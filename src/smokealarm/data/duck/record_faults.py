"""The faults of several columns of one row in DuckDB's words: what is true of `k0`, `k1`, … that have it.

A key `k0` is the value of the first column, NULL where it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

from smokealarm.data.columns import Column, Kind, compares
from smokealarm.data.duck.conditions import equal, identical, ordered
from smokealarm.data.duck.sql import Sql, joined
from smokealarm.data.duck.values import comparable
from smokealarm.data.questions import (
    NotAbove,
    NotPaired,
    RecordFault,
    RecordRepeated,
    RepeatedWithin,
    SumIsNot,
    Unequal,
    Value,
)

Columns = Sequence[Column]


def fault_of(fault: RecordFault, columns: Columns) -> Sql:
    """What is true of a row with the fault."""
    return FAULTS[type(fault)](fault, columns)


def _unequal(fault: Unequal, columns: Columns) -> Sql:
    pairs = []
    for at, column in list(enumerate(columns))[1:]:
        pair = equal("k0", columns[0], f"k{at}", column)
        both = f" OR (k0 IS NULL AND k{at} IS NULL)" if fault.missing_are_equal else ""
        pairs.append(f"({pair}{both})")
    return Sql(f"NOT ({' AND '.join(pairs)})")


def _not_above(fault: NotAbove, columns: Columns) -> Sql:
    above = ordered("k0", columns[0], ">=" if fault.or_equal else ">", "k1", columns[1])
    return Sql(f"NOT {above}")


def _not_paired(fault: NotPaired, columns: Columns) -> Sql:
    pairs = [
        joined([_is("k0", columns[0], one), _is("k1", columns[1], other)], " AND ")
        for one, other in fault.pairs
    ]
    some = joined((Sql(f"({pair.text})", pair.values) for pair in pairs), " OR ")
    return Sql(f"NOT ({some.text or 'false'})", some.values)


def _is(key: str, column: Column, value: Value) -> Sql:
    if value is None:
        return Sql(f"{key} IS NULL")
    if column.kind is Kind.OTHER:
        return identical(key, column, (value,))
    if not compares(column.kind, value):
        return Sql("false")
    left, right = comparable(value, column, key)
    bound = int(value) if isinstance(value, bool) else value
    return Sql(f"coalesce({left} = {right}, false)", (bound,))


def _sum_is_not(fault: SumIsNot, columns: Columns) -> Sql:
    """Whole numbers add up exactly, decimals to their last place, fractions as 64-bit numbers."""
    types = [column.type.partition("(")[0] for column in columns]
    inexact = any(type_ in ("FLOAT", "DOUBLE", "DECIMAL") for type_ in types)
    wide = "DOUBLE" if inexact else "HUGEINT"
    total = " + ".join(f"CAST(k{at} AS {wide})" for at in range(len(columns)))
    if "DECIMAL" in types and not {"FLOAT", "DOUBLE"} & set(types):
        scales = [c.type.rstrip(")").rpartition(",")[2] for c in columns if "," in c.type]
        total = f"round({total}, {max(map(int, scales))})"
    return Sql(f"coalesce({total} <> ?, true)", (fault.total,))


def _repeated(fault: RecordRepeated, columns: Columns) -> Sql:
    """Of a combination of values, `n` is the number of its rows."""
    return Sql("n > 1")


def _repeated_within(fault: RepeatedWithin, columns: Columns) -> Sql:
    pairs = [
        f"({equal(f'k{one}', columns[one], f'k{other}', columns[other])} "
        f"OR (k{one} IS NULL AND k{other} IS NULL))"
        for one, other in combinations(range(len(columns)), 2)
    ]
    return Sql(" OR ".join(pairs) or "false")


FAULTS: Mapping[type[Any], Callable[[Any, Columns], Sql]] = {
    NotAbove: _not_above,
    NotPaired: _not_paired,
    RecordRepeated: _repeated,
    RepeatedWithin: _repeated_within,
    SumIsNot: _sum_is_not,
    Unequal: _unequal,
}
