"""In half precision, every number of the forward pass has room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Unasked
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at, number

HALF = ("fp16", "float16", "16", "16-mixed", "16-true", "half")  # bf16 has the range of float32
LARGEST = 65504.0


class Range(NamedTuple):
    """The largest number in the outputs of the modules, in the first steps."""

    highest: float
    module: str = ""  # whose it is
    half: bool = False  # some module works in float16


def check(fit: Fit, *, always: bool = False) -> Iterator[Finding]:
    """No output of a module is beyond 65504, the largest number of float16.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - half_range: {always: true}

    The outputs of all modules are looked at in the first two steps. It is asked where the program
    works in float16 or the hints declare it (`precision: fp16`), or where the option `always` asks:
    bfloat16 has the range of float32. What is beyond the range in float32 becomes infinite in
    float16. Gradients are not looked at: scaling the loss is there to bring them into the range.

    `always`: ask also where nothing says that the program will work in half precision.
    """
    declared = str(fit.hints.get("precision", "")).lower() in HALF
    found = fit.fact(Range)
    if not (always or declared or found.half):
        raise Unasked("nothing says that it will work in float16: see the option `always`")
    if found.highest <= LARGEST:
        return
    yield Finding(
        message=f"the output of `{found.module}` reaches {found.highest:.4g}: in float16 that is"
        " infinite",
        **at(fit.place),
        level=Level.WARNING,
        evidence={
            "module": found.module,
            "largest number": number(found.highest),
            "largest number of float16": LARGEST,
            "reproduce": fit.reproduce,
        },
        remedy="Normalise the inputs or put a normalisation before this module, or use bfloat16.",
    )
