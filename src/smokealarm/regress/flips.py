"""What differs between the answers of two models, counted per example and per group."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Answers = NDArray[np.bool_]
Groups = NDArray[np.int64]


class Flips(NamedTuple):
    """How many answers differ, in examples that may be treated as independent of each other."""

    newly_wrong: float
    newly_right: float
    examples: float

    @property
    def drop(self) -> float:
        return (self.newly_wrong - self.newly_right) / self.examples

    @property
    def differing(self) -> float:
        return self.newly_wrong + self.newly_right

    def times(self, factor: float) -> Flips:
        return Flips(self.newly_wrong * factor, self.newly_right * factor, self.examples * factor)


def count(lost: Counts) -> Flips:
    """The flips of single examples: 1 stands for newly wrong, -1 for newly right."""
    return Flips(int((lost == 1).sum()), int((lost == -1).sum()), len(lost))


def by_group(lost: Counts, groups: Groups | None) -> tuple[Counts, Counts]:
    """Per group, the newly wrong less the newly right, and the number of examples."""
    if groups is None:
        return lost, np.ones_like(lost)
    return np.bincount(groups, weights=lost).round().astype(np.int64), np.bincount(groups)


def design_effect(lost: Counts, losses: Counts, sizes: Counts) -> float:
    """How many grouped examples tell as much as one that stands alone; never less than one.

    Counts divided by it may be treated as independent (Rao and Scott, Biometrics 48:577, 1992). Where
    every example says the same there is nothing to estimate it from, and a group counts as one example.
    """
    examples, groups = len(lost), len(losses)
    alone = float(lost.var() * examples)
    if groups == examples:
        return 1.0
    if alone == 0 or groups == 1:
        return examples / groups
    together = ((losses - sizes * lost.mean()) ** 2).sum() * groups / (groups - 1)
    return max(1.0, float(together) / alone)
