"""Single precision is enough for the model: no digits are cancelled on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at, number

ALLOWED = 0.1  # of the outputs: half of them may be off by this much


class Digits(NamedTuple):
    """How far the outputs in single precision are from those in double precision."""

    error: float  # the median of the errors, as a share of the median of the outputs
    module: str = ""  # the first one whose outputs are off, while what it was given was not


def check(fit: Fit) -> Iterator[Finding]:
    """What the model puts out in float32 is what it puts out in float64.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [digits_kept]

    The model is called twice, in eval mode, with the same weights and inputs: in float32, and in
    float64. It is a failure if the outputs differ by a tenth of their size, in the median: then
    nothing but rounding is left of them. Large numbers were added and taken off again, a variance
    was computed as a difference of large squares, or counters and times of day went in unscaled.

    A rounding, a sign or a choice of the largest that comes out differently moves a few outputs only,
    and half precision within the model moves them by less. Not asked of models that are not in
    float32, that draw random numbers in eval mode, or that cannot be called in float64.
    """
    digits = fit.fact(Digits)
    if digits.error <= ALLOWED:
        return
    within = f", first in `{digits.module}`" if digits.module else ""
    yield Finding(
        message=f"the outputs are mostly rounding{within}: in float64 they differ by"
        f" {digits.error:.2g} of their size",
        **at(fit.place),
        evidence={
            "median error, of the median output": number(digits.error),
            "module": digits.module or None,
            "reproduce": fit.reproduce,
        },
        remedy="Look there for large numbers that are added and subtracted again, differences of large"
        " squares, and inputs such as timestamps or identifiers that were not scaled.",
    )
