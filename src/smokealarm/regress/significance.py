"""How surprising a drop is where nothing got worse: exact paired tests, one-sided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def sign_flip(losses: NDArray[np.int64]) -> float:
    """The one-sided mid-p value of the exact sign-flip test.

    `losses` holds, per group of examples, the newly wrong less the newly right. Were the two models
    equally good, each group could as well have come out with the other sign: the p-value is the
    share of all sign patterns whose sum is larger than the one seen, and half of those equal to it.

    With every example its own group this is the mid-p McNemar test (Fagerland, Lydersen and Laake,
    BMC Medical Research Methodology 13:91, 2013). One-sided, because a model that got better is no
    alarm. No pattern is enumerated: the sum has the characteristic function prod cos(t * loss), and
    one Fourier transform of it over the lattice of possible sums gives every probability at once,
    to about 1e-15.
    """
    sizes, counts = np.unique(np.abs(losses[losses != 0]), return_counts=True)
    reach = int(sizes @ counts)
    lattice = 2 * reach + 1
    angles = 2 * np.pi * np.arange(lattice) / lattice
    characteristic = np.ones(lattice)
    for size, count in zip(sizes.tolist(), counts.tolist()):
        characteristic *= np.cos(size * angles) ** count
    chances = np.clip(np.fft.fft(characteristic).real / lattice, 0, 1)  # of -reach..reach, wrapped
    seen = int(losses.sum())
    above = chances[np.arange(seen + 1, reach + 1) % lattice].sum()
    return float(min(above + chances[seen % lattice] / 2, 1.0))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for there being several of them, in the same order.

    Comparing each with alpha keeps the chance of any false alarm among them under alpha, whatever
    their dependence (Holm, Scandinavian Journal of Statistics 6:65, 1979).
    """
    corrected = [0.0] * len(p_values)
    floor = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        floor = max(floor, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = floor
    return corrected
