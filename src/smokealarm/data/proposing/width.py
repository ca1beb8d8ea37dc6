"""One width for all candidates together, so that the *suite* alarms as rarely as is wanted.

The reference is split again and again into a part that plays the reference and a part that plays a
clean batch. For each split, the candidate that disagrees most, in units of its own scatter, says how
wide the ranges would have had to be. The width is the quantile of that maximum over the splits
(Westfall and Young, 1993): candidates that depend on each other cost nothing extra. Rows that depend
on their neighbours move together, in blocks (Künsch, 1989).

A standard deviation that is taken of few blocks, or of a few large values, may be too small: ranges use
its upper limit, and where that is far off nothing is proposed. Shares are small counts, so that theirs
are those of a beta-binomial count with the same tail.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import betabinom, norm

from smokealarm.data.proposing.candidate import Candidate, Floats, Range
from smokealarm.data.proposing.neighbours import wandering

SPLITS = 4000
MOST_BLOCKS = 1000
UNSURE = 0.15  # relative error of a standard deviation beyond which it is no basis for a range
HEAVY = "has tails too heavy to be judged"
DRIFTING = "goes up and down in the course of the rows"
DOUBT = 1.2816  # standard deviations: 90 % of a normal distribution lie below


class Width(NamedTuple):
    """How many of its own standard deviations every range reaches to each side."""

    factor: float
    ranges: tuple[Range | str, ...]  # a text: why none can be told


def width(
    candidates: Sequence[Candidate],
    rows: int,
    batch: int,
    target: float,
    block: int,
    rng: np.random.Generator,
    ordered: bool = True,
) -> Width:
    """The ranges of all candidates for batches of about `batch` rows, at the wanted rate of the suite.

    `ordered`: whether later batches follow in the order of these rows, as far as anyone knows.
    """
    sums = _block_sums(candidates, rows, max(block, -(-rows // MOST_BLOCKS)))
    blocks = sums.shape[1]
    share = min(0.5, max(batch / rows, 2 / blocks))
    gaps = _gaps(sums, rng.random((SPLITS, blocks)).argsort(axis=1) < round(share * blocks))
    one_sided = np.array([one.share for one in candidates])
    scatter = np.where(
        one_sided, np.maximum(gaps.std(axis=1), _least(sums, share)), gaps.std(axis=1)
    )
    unsure = np.where(one_sided, 0.0, _relative_error(sums))
    drifting = wandering(_moved(sums)) & ordered
    asked = np.where(one_sided[:, None], gaps, abs(gaps)) / np.maximum(scatter, 1e-300)[:, None]
    kept = (unsure <= UNSURE) & ~drifting
    factor = _upper_quantile(asked[kept].max(axis=0, initial=0), target)
    halves = 1 / (blocks * share) + 1 / (blocks * (1 - share))
    ranges: list[Range | str] = []
    found = zip(candidates, sums.sum(axis=1), scatter, unsure, drifting)
    for one, known, spread, doubt, drifts in found:
        per_row = spread**2 / halves * rows / blocks  # the variance that one row contributes
        if drifts or doubt > UNSURE:
            ranges.append(DRIFTING if drifts else HEAVY)
        elif one.share:
            ranges.append(_share_range(known, per_row, rows, batch, factor))
        else:
            ranges.append(
                _range(known, per_row * (one.margin * (1 + 3 * doubt)) ** 2, rows, batch, factor)
            )
    return Width(factor, tuple(ranges))


def _block_sums(candidates: Sequence[Candidate], rows: int, length: int) -> Floats:
    """The sums of numerator and denominator in each block: (candidates, blocks, 2)."""
    starts = np.arange(0, rows, length)
    return np.stack([np.add.reduceat(one.parts, starts, axis=0) for one in candidates])


def _gaps(sums: Floats, there: npt.NDArray[np.bool_]) -> Floats:
    """The batch's statistic minus the reference's: (candidates, splits)."""
    in_batch = np.einsum("sb,cbp->csp", there.astype(float), sums, optimize=True)
    return _ratio(in_batch) - _ratio(sums.sum(axis=1)[:, None, :] - in_batch)


def _ratio(sums: Floats) -> Floats:
    return np.divide(
        sums[..., 0], sums[..., 1], out=np.zeros_like(sums[..., 0]), where=sums[..., 1] > 0
    )


def _least(sums: Floats, share: float) -> Floats:
    """A share that was never seen may still not be zero: what one row more would have meant."""
    faulty, considered = sums.sum(axis=1).T
    likely = (faulty + 1) / (considered + 2)
    likely, rows = np.clip(likely, 0, 1), np.maximum(considered, 1)
    spread = likely * (1 - likely) * (1 / (rows * share) + 1 / (rows * (1 - share)))
    least: Floats = np.sqrt(spread)
    return least


def _moved(sums: Floats) -> Floats:
    """By how much each block moves the statistic."""
    moved: Floats = sums[..., 0] - _ratio(sums.sum(axis=1))[:, None] * sums[..., 1]
    return moved


def _relative_error(sums: Floats) -> Floats:
    """How far off the standard deviation may be: from the kurtosis of what the blocks contribute."""
    moved = _moved(sums)
    moved = moved / (abs(moved).max(axis=1, keepdims=True) + 1e-300)
    kurtosis = (moved**4).mean(axis=1) / ((moved**2).mean(axis=1) + 1e-100) ** 2
    error: Floats = np.sqrt(np.maximum(kurtosis - 1, 1) / (4 * sums.shape[1]))
    return error


def _upper_quantile(maxima: Floats, target: float) -> float:
    """The quantile's own upper limit (90 %), since it is taken of some thousand splits only."""
    among = len(maxima)
    beyond = among * target - DOUBT * math.sqrt(among * target * (1 - target))
    return float(np.sort(maxima)[::-1][max(0, int(beyond) - 1)])


def _range(known: Floats, per_row: float, rows: int, batch: int, factor: float) -> Range:
    centre = float(_ratio(known))
    reach = factor * math.sqrt(per_row * (1 / rows + 1 / batch))
    return Range(centre, centre - reach, centre + reach, math.sqrt(per_row / batch))


def _share_range(known: Floats, per_row: float, rows: int, batch: int, factor: float) -> Range:
    """Rows that depend on each other count for fewer: as many as would scatter so by themselves."""
    faulty, considered = known
    likely = (faulty + 1) / (considered + 2)
    fewer = max(1.0, per_row / (likely * (1 - likely)))
    among = max(1, round(batch * considered / rows / fewer))
    seen = betabinom(among, faulty / fewer + 1, (considered - faulty) / fewer + 1)
    high = float(seen.ppf(norm.cdf(factor))) / among
    return Range(float(_ratio(known)), 0.0, high, float(seen.std()) / among)
