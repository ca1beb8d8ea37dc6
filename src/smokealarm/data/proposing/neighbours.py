"""How many rows in a row depend on each other: the length of the blocks that are resampled."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.stats import rankdata

from smokealarm.data.columns import Kind
from smokealarm.data.proposing.candidate import Floats
from smokealarm.data.proposing.sample import Values

STRONG = 0.2  # an autocorrelation above this is dependence, in the tables of ordinary length
COUNTER = 0.01  # of its steps a counter may go the other way: it begins anew
LONGEST = 30  # blocks at least, so that there is something to resample


def block_length(columns: Iterable[Values], rows: int) -> int:
    """Four times the largest lag at which some column resembles itself; 1 for independent rows."""
    longest = max(1, rows // LONGEST)
    lags = [_reach(_numbers(one), longest) for one in columns if one.column.kind is Kind.NUMBER]
    return min(longest, 4 * max(lags, default=0) + 1)


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
