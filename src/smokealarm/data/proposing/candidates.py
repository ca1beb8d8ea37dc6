"""Which checks may be proposed for a column: few of them, each about another kind of fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from smokealarm.data.columns import Kind
from smokealarm.data.proposing import shares, sizes
from smokealarm.data.proposing.candidate import Candidate
from smokealarm.data.proposing.neighbours import COUNTER
from smokealarm.data.proposing.sample import Values

MOST_CATEGORIES = 50
FEW_ROWS = 30  # below this nothing is proposed about a column's values


def candidates(
    values: Values, wandering: bool = False, ordered: bool = True
) -> Iterator[Candidate]:
    """Everything that may be said of the column; nothing of the level of one that wanders."""
    yield shares.missing(values)
    present = int(values.present.sum())
    if present < FEW_ROWS:
        return
    kind = values.column.kind
    distinct, counts = np.unique(values.values[values.present], return_counts=True)
    if len(distinct) == 1 and kind is not Kind.TEXT:
        return
    category = _is_category(values, distinct, counts)
    if kind is Kind.NUMBER and np.isfinite(distinct.astype(float)).all():
        if not _is_counter(values, len(distinct), present, ordered):
            yield from _of_numbers(values, counts, category, wandering)
    if kind is Kind.MOMENT:
        yield from shares.long_before(values)
    if category and not wandering:
        yield shares.unseen(values, distinct, counts)
    elif kind is Kind.TEXT:
        yield shares.length_outside(values)
        yield shares.damaged(values)
    if is_key(values, len(distinct), present):
        yield shares.repeated(values)


def _of_numbers(
    values: Values, counts: npt.NDArray[np.int64], category: bool, wandering: bool
) -> Iterator[Candidate]:
    if wandering:
        yield shares.far_outside(values)
        return
    if not category:
        yield shares.outside(values)
    if counts.max() <= counts.sum() / 2:  # else a few rows make the mean
        yield sizes.mean(values)
        if not category:
            yield sizes.variance(values)


def _is_counter(values: Values, distinct: int, present: int, ordered: bool) -> bool:
    """Numbers that go on where this table ends: nothing is said of their size.

    Where the order of the rows means nothing, those that are not whole were merely sorted.
    """
    if distinct <= present / 2 or (not ordered and not _is_whole(values)):
        return False
    steps = np.diff(values.values[values.present].astype(float))
    return bool(min((steps < 0).mean(), (steps > 0).mean()) < COUNTER)


def _is_whole(values: Values) -> bool:
    return not (values.values[values.present].astype(float) % 1).any()


def _is_category(values: Values, distinct: npt.NDArray[Any], counts: npt.NDArray[np.int64]) -> bool:
    """Texts, or whole numbers that are codes: few different ones, each seen again and again."""
    kind = values.column.kind
    if kind not in (Kind.TEXT, Kind.NUMBER) or len(distinct) > MOST_CATEGORIES:
        return False
    if kind is Kind.NUMBER and not _is_whole(values):
        return False
    return bool(np.median(counts) >= 10) and len(distinct) * 20 <= counts.sum()


def is_key(values: Values, distinct: int, present: int) -> bool:
    """A column whose values do not repeat, unless it measures something: then that is chance."""
    if values.column.type in ("FLOAT", "DOUBLE") or values.column.type.startswith("DECIMAL"):
        return False
    return values.column.kind is not Kind.OTHER and present >= 100 and distinct == present
