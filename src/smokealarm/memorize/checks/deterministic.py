"""Two runs with one seed are equal, bit by bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Place
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at


class Twice(NamedTuple):
    """Two runs of a few steps with one seed, beside each other."""

    steps: int
    step: int | None  # the first whose loss or parameters differ
    module: str = (
        ""  # the first, in order of the calls, whose output differs though its input does not
    )
    operation: str = ""  # that torch says has no deterministic version
    place: Place | None = None


def check(fit: Fit) -> Iterator[Finding]:
    """Every step of a second run with the same seed has the same loss and leaves the same parameters.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [deterministic]

    Five steps are made twice, with every random generator seeded alike; equal means every bit. The
    first module whose output differs while its input is the same is named; and where torch knows an
    operation that has no deterministic version (torch.use_deterministic_algorithms), that and your line.

    A random generator of your own that is not made from setup's `seed`, the order of a set or of a
    folder's files, threads and atomic additions on a GPU are the usual causes.

    Opt-in, and a warning: many programs do without, for speed.
    """
    twice = fit.fact(Twice)
    if twice.step is None:
        return
    within = f", first in `{twice.module}`" if twice.module else ""
    yield Finding(
        message=f"two runs with one seed differ from step {twice.step} on{within}",
        **at(twice.place or fit.place),
        level=Level.WARNING,
        evidence={
            "step": twice.step,
            "module": twice.module or None,
            "operation without a deterministic version": twice.operation or None,
            "reproduce": fit.reproduce,
        },
        remedy="Make every generator from setup's `seed`, sort what comes from sets and folders, and on"
        " a GPU call torch.use_deterministic_algorithms(True).",
    )
