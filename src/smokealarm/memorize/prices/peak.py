"""The memory that a training step takes, as plain numbers. Free of torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

GIB = 2**30
CONTEXT = int(0.6 * GIB)  # what CUDA and its libraries take before the first tensor, about
USABLE = 0.95  # of a device: the rest is lost between blocks, and to what else runs there

Parts = Mapping[str, int]  # bytes by kind


class Peak(NamedTuple):
    """The two moments of a step at which memory may be fullest."""

    backward: Parts  # at the fullest moment of the forward and the backward pass
    step: Parts  # and of the optimizer's step

    @property
    def highest(self) -> Parts:
        return max(self.backward, self.step, key=lambda parts: sum(parts.values()))

    @property
    def total(self) -> int:
        return sum(self.highest.values())


class Line(NamedTuple):
    """The peak of forward and backward, as it grows with the batch; that of the step stands."""

    fixed: float
    each: float  # bytes per sample
    step: int

    def total(self, samples: int) -> float:
        return max(self.fixed + self.each * samples, self.step)

    def largest(self, bytes_: float) -> int | None:
        """The most samples that fit. None: their number makes no difference."""
        if self.step > bytes_ or self.fixed > bytes_:
            return 0
        return int((bytes_ - self.fixed) / self.each) if self.each > 0 else None


class Proof(NamedTuple):
    """The line held against a third batch."""

    samples: int
    told: float
    priced: int

    @property
    def error(self) -> float:
        return abs(self.told - self.priced) / max(self.priced, 1)


class Forecast(NamedTuple):
    """What a step of the program takes."""

    samples: int | None  # in the batch, where that can be told
    peak: Peak
    line: Line | None = None
    proof: Proof | None = None
    variants: Mapping[str, Peak] = {}  # the same step, run with a remedy
    largest_layer: int = 0  # bytes of parameters of the largest layer
    imagined: bool = True  # False: a real step was counted, for the program wants its numbers


class Imagined(NamedTuple):
    """The same of a program that may be too large to be run here."""

    forecast: Forecast


def line(one: tuple[int, Peak], other: tuple[int, Peak]) -> Line:
    """Through two batch sizes."""
    (small, low), (large, high) = sorted([one, other], key=lambda pair: pair[0])
    first, second = sum(low.backward.values()), sum(high.backward.values())
    each = (second - first) / (large - small)
    step = max(sum(low.step.values()), sum(high.step.values()))
    return Line(first - each * small, each, step)


def usable(gib: float) -> float:
    """Bytes that a program may allocate on a device of this size."""
    return gib * GIB * USABLE - CONTEXT
