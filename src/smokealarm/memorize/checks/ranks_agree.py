"""Two processes that train together do what one alone would do on all of their data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding, Scalar
from smokealarm.memorize.fit import Fit, at, number

SAME = 1e-3  # relative: sums of halves are rounded otherwise than the sum of all
SHOWN = 3


class Ranks(NamedTuple):
    """What came of a few steps by several processes, each on its own part of the data."""

    own: bool  # the program is made for several processes: it wraps its model, or shares its data
    steps: int
    apart: dict[str, float]  # parameters that differ between the ranks, and by how much
    same_batches: bool | None  # None: the data is one batch, which we shared out
    scale: float | None  # of their first gradient, where that of one process is 1; None: unknown
    off: float  # what is left of the difference when the scale is taken out, relative
    furthest: str  # the parameter whose gradient differs most
    noise: float  # how far two gradients of one process are apart, relative
    doubt: str = ""  # why the gradients could not be compared


def check(fit: Fit) -> Iterator[Finding]:
    """Two processes agree with one: equal parameters, equal gradients, different batches.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [ranks_agree]

    The set-up is started twice by torchrun, on the CPU (gloo), and makes three steps. Where it is made
    for several processes (its model is wrapped in DistributedDataParallel, or its loader has a
    DistributedSampler) it is taken as it is. Any other is trained as DistributedDataParallel would: each
    process gets its part of the batch, and the gradients are averaged.

    Failures: parameters that differ between the processes afterwards (a part outside of the wrapper, an
    initialisation that depends on the rank); both processes draw the same batch (no sampler); the
    first gradient is not that of one process on the whole batch: a multiple of it where the loss is
    summed, or divided once too often, and another one where the loss mixes the samples.

    Dropout layers are switched off and batch-norm uses its running statistics meanwhile, since both make
    something else of halves by their nature. Where a step draws other random numbers there is no
    gradient to compare, and the rest is judged alone. Opt-in: it starts torch three times.
    """
    ranks = fit.fact(Ranks)
    if ranks.apart or ranks.same_batches:
        yield from _apart(fit, ranks)
        yield from _batches(fit, ranks)
        return
    if ranks.doubt or ranks.noise > SAME:
        raise Inconclusive(
            f"gradients of two processes were not compared: {ranks.doubt or 'they are random'}",
            "Without random numbers, and with a batch that can be halved, the comparison can be made.",
            fit.place,
        )
    yield from _gradients(fit, ranks)


def _apart(fit: Fit, ranks: Ranks) -> Iterator[Finding]:
    if not ranks.apart:
        return
    names = sorted(ranks.apart, key=lambda name: -ranks.apart[name])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    yield Finding(
        message=f"after {ranks.steps} steps the two processes hold different parameters:"
        f" {', '.join(names[:SHOWN])}{more}",
        **at(fit.place),
        evidence={
            "parameters": len(names),
            "largest difference": number(ranks.apart[names[0]]),
            "reproduce": fit.reproduce,
        },
        remedy="Wrap the whole model in DistributedDataParallel before the optimizer is used, and make"
        " nothing of it depend on the rank.",
    )


def _batches(fit: Fit, ranks: Ranks) -> Iterator[Finding]:
    if not ranks.same_batches:
        return
    yield Finding(
        message="both processes train on the same batch: one of them works for nothing",
        **at(fit.place),
        evidence={"reproduce": fit.reproduce},
        remedy="Give the DataLoader sampler=DistributedSampler(dataset), and call its set_epoch.",
    )


def _gradients(fit: Fit, ranks: Ranks) -> Iterator[Finding]:
    if ranks.scale is None:
        return
    scaled = abs(ranks.scale - 1) > SAME
    if ranks.off <= SAME and not scaled:
        return
    evidence: dict[str, Scalar] = {
        "times the gradient of one": number(ranks.scale),
        "difference beside that": number(ranks.off),
        "furthest off": ranks.furthest,
        "reproduce": fit.reproduce,
    }
    if ranks.off <= SAME:
        message = f"two processes have {ranks.scale:.3g} times the gradient of one on all the data"
        remedy = (
            "Gradients are averaged over the processes: take the mean of the loss over the samples of"
            " each, and divide by the number of processes nowhere."
        )
    else:
        message = "two processes have another gradient than one on all the data"
        remedy = (
            "Look for what mixes the samples of a batch: a loss over pairs of them (gather them from"
            " all ranks), a normalisation over the batch, a mean over parts of unequal size."
        )
    yield Finding(message=message, remedy=remedy, evidence=evidence, **at(fit.place))
