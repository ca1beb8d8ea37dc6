"""A check that may be proposed: what it measures of a batch, and how a range of that becomes a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Range(NamedTuple):
    """Where a clean batch's number lies; `spread` is its standard deviation from batch to batch."""

    centre: float
    low: float
    high: float
    spread: float


class Line(NamedTuple):
    """The options of the check, why they are so, and the smallest fault that it would catch."""

    options: Mapping[str, Any]
    why: str
    catches: str


class Candidate(NamedTuple):
    """A ratio of two sums over rows: `parts` has the shape (rows, 2), the statistic is sum 0 / sum 1.

    - `share`: whether it is a share of rows, of which only too many are a fault
    - `margin`: by how much its range is widened, for tails that a reference does not show
    - `line`: the check for a range of the statistic; None where it could never fail
    """

    check: str
    column: str
    parts: Floats
    share: bool
    line: Callable[[Range], Line | None]
    margin: float = 1.0


DETECTED = 1.2816  # standard deviations: what lies so far beyond the limit is caught 9 times of 10
