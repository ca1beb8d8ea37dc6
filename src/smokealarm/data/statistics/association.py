"""How much two columns tell about each other."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple, Union

from scipy.special import chdtrc, chdtri

from smokealarm.data.questions import Value

BINS = 10
CERTAIN = 0.001  # independent columns alarm once in a thousand tables, at most
OTHERS = "(other)"
Bins = tuple[Union[list[float], None], Union[int, None]]
Pairs = Sequence[tuple[Value, Value, int]]
Table = Counter[tuple[Any, Any]]


class Association(NamedTuple):
    """Cramér's V, the p-value of independence, and the V that chance alone stays below."""

    value: float
    p_value: float
    rows: int
    freedom: int
    smaller: int

    @property
    def by_chance(self) -> float:
        """In 999 of 1,000 tables of this size whose columns are independent, V is lower."""
        return math.sqrt(chdtri(self.freedom, CERTAIN) / (self.rows * self.smaller))

    def rows_to_tell(self, threshold: float) -> int:
        """With how many rows chance alone stays below the threshold."""
        return int(1 + chdtri(self.freedom, CERTAIN) / (self.smaller * threshold**2))


def crosstab(pairs: Pairs, one: Bins, other: Bins) -> Table:
    """How many rows fall into each pair of classes."""
    first = _classes([(a, n) for a, _, n in pairs], *one)
    second = _classes([(b, n) for _, b, n in pairs], *other)
    table: Table = Counter()
    for a, b, rows in pairs:
        table[first[a], second[b]] += rows
    return table


def _classes(
    values: Sequence[tuple[Value, int]], edges: list[float] | None, count: int | None
) -> Any:
    """The class of each value: a bin of a number, itself or one of the others of a text."""
    counts: Counter[Value] = Counter()
    for value, rows in values:
        counts[value] += rows
    if counts and all(isinstance(value, (int, float)) for value in counts):
        return _bins(sorted(counts, key=float), edges, count or BINS)  # type: ignore[arg-type]  # numbers
    frequent = {value for value, _ in counts.most_common(count or BINS)}
    return {value: value if value in frequent else OTHERS for value in counts}


def _bins(values: Sequence[float], edges: list[float] | None, count: int) -> dict[float, int]:
    """Bins have their left edge; the last has both. Infinities have bins of their own."""
    finite = [float(value) for value in values if math.isfinite(value)]
    if edges is None and finite:
        low, high = finite[0], finite[-1]
        edges = [low + (high - low) / count * at for at in range(count)]
    known = sorted(edges or [])
    return {value: _bin(value, known) for value in values}


def _bin(value: float, edges: Sequence[float]) -> int:
    if math.isinf(value):
        return -2 if value < 0 else len(edges) + 1
    found = bisect_right(edges, value) - 1
    return found


def cramers_v(table: Table) -> Association:
    """V = sqrt(chi² / (n (k - 1))). Four cells get Yates' correction."""
    rows, columns = Counter[Any](), Counter[Any]()
    for (a, b), count in table.items():
        rows[a] += count
        columns[b] += count
    total, r, c = sum(rows.values()), len(rows), len(columns)
    smaller, freedom = min(r, c) - 1, (r - 1) * (c - 1)
    if smaller < 1:
        return Association(0.0, 1.0, total, freedom, 1)
    yates = 0.5 if freedom == 1 else 0.0
    squares = 0.0
    for a, in_row in rows.items():
        for b, in_column in columns.items():
            expected = in_row * in_column / total
            off = abs(table.get((a, b), 0) - expected)
            squares += max(0.0, off - min(yates, off)) ** 2 / expected
    value = min(1.0, math.sqrt(squares / total / smaller))
    return Association(value, float(chdtrc(freedom, squares)), total, freedom, smaller)
