"""One number of a column in DuckDB's words.

NaN is no NULL there and sorts as the largest number: every statistic leaves missing values out itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from smokealarm.data.columns import NUMBERS, Column, Kind
from smokealarm.data.duck.sql import Sql
from smokealarm.data.duck.values import FLOATS, missing
from smokealarm.data.questions import Statistic, Value
from smokealarm.data.values.moments import SECOND, iso, nanoseconds


class Pair(NamedTuple):
    """The same aggregate over rows `v`, and over values `v` with counts `n`; None where it cannot be."""

    of_rows: Sql | None
    of_counts: Sql | None = None


class Formula(NamedTuple):
    """The aggregates that a statistic needs, and what is made of them."""

    aggregates: tuple[Pair, ...]
    answer: Callable[[Sequence[Any]], Value]


TWO_IN_THE_MIDDLE = (
    "[0.5::DOUBLE, 0.5::DOUBLE + 1e-12]"  # one and the same where their count is odd
)
SAFELY_SQUARED = 1e150  # the square of more overflows
MICROSECOND = SECOND // 1_000_000


def number(statistic: Statistic, column: Column) -> Formula:
    """How the statistic of the column is computed; of a kind that has none, whether there are values."""
    known = FORMULAS[statistic].get(column.kind)
    return known(column) if known else Formula((_present(column),), lambda found: found[0] or None)


def plain(value: Any) -> Value:
    """A value of the engine as one of ours."""
    return float(value) if isinstance(value, Decimal) else value


def told(value: str, column: Column) -> str:
    """A value of the column as one of ours, in SQL: what Python has no type for is text."""
    return f"CAST({value} AS VARCHAR)" if column.kind in (Kind.MOMENT, Kind.OTHER) else value


def _there(column: Column) -> str:
    return f"NOT {missing('v', column)}"


def _present(column: Column) -> Pair:
    there = _there(column)
    return Pair(
        Sql(f"count(*) FILTER ({there})"), Sql(f"coalesce(sum(n) FILTER ({there}), 0)::BIGINT")
    )


def _extreme(function: str) -> Callable[[Column], Formula]:
    def formula(column: Column) -> Formula:
        value = "CAST(v AS INTEGER)" if column.kind is Kind.BOOLEAN else "v"
        sql = Sql(told(f"{function}({value}) FILTER ({_there(column)})", column))
        return Formula((Pair(sql, sql),), lambda found: plain(found[0]))

    return formula


def _summed(column: Column) -> tuple[Pair, ...]:
    """The sum twice, exactly where the type allows: compensated summing makes NaN of infinities."""
    there = _there(column)
    if _sums_exactly(column):
        value = "CAST(v AS BIGINT)" if column.kind is Kind.BOOLEAN else "v"
        return (Pair(Sql(f"sum({value}) FILTER ({there})")),)
    value = "CAST(v AS DOUBLE)"
    return tuple(Pair(Sql(f"{name}({value}) FILTER ({there})")) for name in ("fsum", "sum"))


def _sums_exactly(column: Column) -> bool:
    """Integers and short decimals are summed in 128 bits; longer ones may not fit."""
    if column.type.startswith("DECIMAL("):
        return int(column.type[8:].partition(",")[0]) <= 28
    return column.type not in (*FLOATS, "HUGEINT", "UHUGEINT")


def _total(found: Sequence[Any]) -> Any:
    return found[0] if len(found) == 1 or math.isfinite(found[0] or 0) else found[1]


def _sum(column: Column) -> Formula:
    return Formula(_summed(column), lambda found: plain(_total(found) or 0))


def _no_sum(column: Column) -> Formula:
    """Nothing adds up to 0, whatever the type of nothing is."""
    return Formula((_present(column),), lambda found: found[0])


def _mean(column: Column) -> Formula:
    def answer(found: Sequence[Any]) -> Value:
        *sums, count = found
        return float(_total(sums) / count) if count else None

    return Formula((*_summed(column), _present(column)), answer)


def _mean_moment(column: Column) -> Formula:
    precise = column.type == "TIMESTAMP_NS"
    value = "epoch_ns(v)" if precise else "epoch_us(CAST(v AS TIMESTAMP))"
    if "TIME ZONE" in column.type:
        value = "epoch_us(v)"
    unit = 1 if precise else MICROSECOND
    summed = Pair(Sql(f"sum({value}) FILTER ({_there(column)})"))
    return Formula(
        (summed, _present(column)),
        lambda found: iso(int(found[0]) * unit // found[1]) if found[1] else None,
    )


def _middle(column: Column) -> Pair:
    sql = f"quantile_disc(v, {TWO_IN_THE_MIDDLE}) FILTER ({_there(column)})"
    return Pair(Sql(f"CAST({sql} AS VARCHAR[])" if column.kind is Kind.MOMENT else sql))


def _median(column: Column) -> Formula:
    def answer(found: Sequence[Any]) -> Value:
        return float(sum(found[0]) / 2) if found[0] else None

    return Formula((_middle(column),), answer)


def _median_moment(column: Column) -> Formula:
    def answer(found: Sequence[Any]) -> Value:
        if not found[0]:
            return None
        low, high = (nanoseconds(text) for text in found[0])
        if isinstance(low, int) and isinstance(high, int) and low != high:
            return iso((low + high) // 2)
        return str(found[0][0])

    return Formula((_middle(column),), answer)


def _stdev(column: Column) -> Formula:
    """Pandas' answer at the ends: no spread of infinities, an infinite one of what cannot be squared."""
    value, there = "CAST(v AS DOUBLE)", _there(column)
    if column.kind is Kind.BOOLEAN:
        value = "CAST(v AS INTEGER)::DOUBLE"
    small = f"abs({value}) < {SAFELY_SQUARED}"

    def answer(found: Sequence[Any]) -> Value:
        spread, largest = found
        if largest is not None and largest >= SAFELY_SQUARED:
            return math.nan if math.isinf(largest) else math.inf
        return spread if spread is None else float(spread)

    return Formula(
        (
            Pair(Sql(f"stddev_samp({value}) FILTER ({there} AND {small})")),
            Pair(Sql(f"max(abs({value})) FILTER ({there})")),
        ),
        answer,
    )


def _counted(condition: str) -> Callable[[Column], Formula]:
    def formula(column: Column) -> Formula:
        text = condition.format(missing=missing("v", column))
        return Formula((Pair(None, Sql(f"count(*) FILTER ({text})")),), lambda found: found[0])

    return formula


def _missing(column: Column) -> Formula:
    condition = missing("v", column)
    rows = Sql(f"count(*) FILTER ({condition})")
    counts = Sql(f"coalesce(sum(n) FILTER ({condition}), 0)::BIGINT")
    return Formula((Pair(rows, counts),), lambda found: found[0])


Formulas = Mapping[Kind, Callable[[Column], Formula]]

FORMULAS: Mapping[Statistic, Formulas] = {
    "min": dict.fromkeys((*NUMBERS, Kind.TEXT, Kind.MOMENT), _extreme("min")),
    "max": dict.fromkeys((*NUMBERS, Kind.TEXT, Kind.MOMENT), _extreme("max")),
    "sum": {**dict.fromkeys(Kind, _no_sum), **dict.fromkeys(NUMBERS, _sum)},
    "mean": {**dict.fromkeys(NUMBERS, _mean), Kind.MOMENT: _mean_moment},
    "median": {**dict.fromkeys(NUMBERS, _median), Kind.MOMENT: _median_moment},
    "stdev": dict.fromkeys(NUMBERS, _stdev),
    "distinct": dict.fromkeys(Kind, _counted("NOT {missing}")),
    "once": dict.fromkeys(Kind, _counted("n = 1 AND NOT {missing}")),
    "missing": dict.fromkeys(Kind, _missing),
}
