"""Single and half precision give nearly the gradient that double precision gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Unasked
from smokealarm.finding import Finding, Level, Table
from smokealarm.memorize.fit import Fit, at, number
from smokealarm.stage import Sight

SINGLE = 1e-2  # a relative error of a float32 gradient above this is cancellation, not rounding


class Pass(NamedTuple):
    """One forward and backward pass, beside the same in float64. Errors are relative."""

    precision: str
    loss: float | None  # None: it could not be made
    loss_error: float = 0.0
    gradient_error: float = 0.0
    module: str = ""  # whose output's error is much larger than its inputs' were
    doubt: str = ""


class Sweep(NamedTuple):
    """The first pass in several precisions."""

    reference: float  # the loss in float64
    passes: tuple[Pass, ...]


def check(fit: Fit, *, at_most: float | None = None) -> Iterator[Sight]:
    """The first gradient in float32, bfloat16 and, on a GPU, float16 is near that in float64.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - precision: {at_most: 0.1}

    One forward and backward pass is made in eval mode in float64, and again in float32, under autocast to
    bfloat16, with everything in bfloat16, and on a GPU under autocast to float16. The table shows the
    relative error of the loss and of the whole gradient, and the first module whose output is off by ten
    times more than what went into it.

    A float32 gradient that is off by more than 1 % is a warning: large numbers are subtracted from each
    other somewhere (variance as a difference of squares, log of a sum of exps by hand). With
    `at_most`, a larger relative error of the gradient in any precision that ran is a failure.

    Opt-in. Needs a loss that can be asked for beside your step: `loss_fn`, Lightning or the Trainer.
    """
    sweep = fit.fact(Sweep)
    if all(one.loss is None for one in sweep.passes):
        raise Unasked(f"no other precision could be tried: {sweep.passes[0].doubt}")
    yield _table(sweep)
    for one in sweep.passes:
        limit = at_most if at_most is not None else SINGLE
        judged = at_most is not None or one.precision == "float32"
        if one.loss is not None and judged and not one.gradient_error <= limit:
            yield _finding(fit, one, limit, Level.FAILURE if at_most is not None else Level.WARNING)


def _table(sweep: Sweep) -> Table:
    rows = [
        [
            one.precision,
            *([one.doubt, None, None] if one.loss is None else _errors(one)),
            one.module,
        ]
        for one in sweep.passes
    ]
    return Table(
        title=f"Precision, against a loss of {sweep.reference:.6g} in float64",
        header=["precision", "loss", "error of the loss", "error of the gradient", "first in"],
        rows=[list(row) for row in rows],
    )


def _errors(one: Pass) -> list[str]:
    return [f"{one.loss:.6g}", f"{one.loss_error:.2g}", f"{one.gradient_error:.2g}"]


def _finding(fit: Fit, one: Pass, limit: float, level: Level) -> Finding:
    within = f", first in `{one.module}`" if one.module else ""
    return Finding(
        message=f"in {one.precision} the gradient is off by {one.gradient_error:.2g} of its"
        f" size{within}; {limit:.2g} is allowed",
        **at(fit.place),
        level=level,
        evidence={
            "error of the loss": number(one.loss_error),
            "error of the gradient": number(one.gradient_error),
            "module": one.module or None,
            "reproduce": fit.reproduce,
        },
        remedy="Subtract before you square, use the fused losses and torch.logsumexp, and keep sums over"
        " many values and divisions by small ones in float32.",
    )
