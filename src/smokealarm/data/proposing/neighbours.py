"""How rows depend on their neighbours: how many in a row do, and which columns have no level at all."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from smokealarm.data.columns import Kind
from smokealarm.data.proposing.candidate import Floats
from smokealarm.data.proposing.sample import Values

STRONG = 0.15  # an autocorrelation above this is dependence, in the tables of ordinary length
COUNTER = 0.01  # of its steps a counter may go the other way: it begins anew
LONGEST = 30  # blocks at least, so that there is something to resample
WANDERING = (
    0.6  # of successive thirtieths of the table; by chance it is there once in 2,000 columns
)


def block_length(columns: Iterable[Values], rows: int) -> int:
    """Four times the largest lag at which some column resembles itself; 1 for independent rows.

    Columns that wander do so at every lag: nothing is said of their level, so they do not count.
    """
    longest = max(1, rows // LONGEST)
    ranks = [_numbers(one) for one in columns if one.column.kind is Kind.NUMBER]
    level = [one for one in ranks if not _is_wandering(one)]
    scatter = [abs(one) - abs(one).mean() for one in level]  # calm and stormy times
    lags = [_reach(one, longest) for one in (*level, *scatter)]
    return min(longest, 4 * max(lags, default=0) + 1)


def wanders(values: Values) -> bool:
    """Whether the column's level is another one from stretch to stretch: a trend, or sorted rows.

    What it was in this table says little of what it will be in the rows that follow.
    """
    return values.column.kind is Kind.NUMBER and _is_wandering(_numbers(values))


def wandering(parts: Floats) -> npt.NDArray[np.bool_]:
    """Of sums over blocks (candidates, blocks), centred: whether neighbours are alike in the large."""
    blocks = parts.shape[1]
    starts = np.arange(LONGEST) * blocks // LONGEST
    stretches = np.add.reduceat(parts, np.unique(starts), axis=1)
    power = (stretches**2).sum(axis=1)
    alike = (stretches[:, 1:] * stretches[:, :-1]).sum(axis=1)
    moves: npt.NDArray[np.bool_] = power > 1e-9 * (parts**2).sum(axis=1)
    alikes: npt.NDArray[np.bool_] = alike > WANDERING * power
    return np.logical_and(moves, alikes)


def _is_wandering(ranks: Floats) -> bool:
    return bool(wandering(ranks[None, :])[0])


def _numbers(values: Values) -> Floats:
    """Ranks, which no outlier moves; missing values in the middle."""
    numbers = np.where(values.present, values.values, np.nan).astype(float)
    ranks = np.full(len(numbers), 0.5)
    order = rankdata(numbers[values.present])  # equal values have equal ranks
    ranks[values.present] = (order - 0.5) / max(1, len(order))
    centred: Floats = ranks - ranks.mean()
    return centred


def _reach(ranks: Floats, longest: int) -> int:
    """The largest lag up to which the autocorrelation stays strong; 0 for a column in rising order.

    A counter or a sorted key resembles itself at every lag and says nothing of its neighbours.
    """
    power = float(ranks @ ranks)
    steps = np.diff(ranks)
    if not power or min((steps < 0).mean(), (steps > 0).mean()) < COUNTER:
        return 0
    noise = 3 / np.sqrt(len(ranks))
    lag = 1
    while lag <= longest and ranks[lag:] @ ranks[:-lag] / power > max(STRONG, noise):
        lag *= 2
    return lag // 2
