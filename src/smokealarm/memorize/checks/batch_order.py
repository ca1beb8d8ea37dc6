"""What the model says of a sample does not depend on its place in the batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Unasked
from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at, number

TOLERANCE = 1e-3


class Order(NamedTuple):
    """A batch of copies of one sample: how far their outputs are from each other."""

    samples: int
    apart: float  # the farthest that the output of one copy is from that of the first
    size: float  # of the largest output
    noise: float = 0.0  # what rounding can do
    module: str = ""


def check(fit: Fit, *, tolerance: float = TOLERANCE) -> Iterator[Finding]:
    """In eval mode, a batch of copies of one sample gives copies of one output.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - batch_order: {tolerance: 0.001}

    The first sample is repeated to a whole batch, in double precision where the model can do that.
    Outputs that differ by more than `tolerance`, as a share of the largest, tell that the place in the
    batch went in: position embeddings that run along the batch and not along time (x.size(0) of a model
    with batch_first), an index over the wrong dimension, a recurrent layer that reads the batch.

    Where the samples may be along the first or the second dimension, and one of them passes, it passes.
    Not asked: models that draw random numbers in eval mode, graphs and other outputs that mix samples by
    intention (hint `outputs_mix_samples`), and models with parameters of their own for each place.
    """
    if fit.hints.get("outputs_mix_samples"):
        raise Unasked("the hints say that the outputs mix samples")
    order = fit.fact(Order)
    if order.apart <= max(order.noise, tolerance * order.size):
        return
    yield Finding(
        message=f"{order.samples} copies of one sample in a batch get different outputs, by"
        f" {order.apart:.3g}: the place in the batch went in",
        **at(fit.place),
        evidence={
            "apart": number(order.apart),
            "largest output": number(order.size),
            **({"module": order.module} if order.module else {}),
            "reproduce": fit.reproduce,
        },
        remedy="Look in forward() at what is made from x.size(0) or len(x), such as positions, and for"
        " batch_first of recurrent layers and attention.",
    )
