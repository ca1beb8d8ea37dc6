"""An honest short training on all of the user's data, with the loss of every suite before and after."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from smokealarm.errors import Inconclusive, Unasked
from smokealarm.memorize.batch import fresh, size, sliced
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.generalizes import Learning, Suite
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.step import eval_loss, train_step
from smokealarm.memorize.supply import batches, source

MOST = 40  # batches of a suite that are looked at
MANY = 12  # batches: fewer are cut into pieces
PIECES = 40  # of a suite, about

Parts = Sequence[Any]


def probe(bench: Bench, fact: Facts, *, epochs: int = 5, seconds: float = 60) -> Learning:
    setup = bench.made()
    if setup.validation is None:
        raise Unasked("setup returns no `validation`, on which what is learnt could hold")
    data = source(setup)
    if iter(data) is data:  # it can be gone through once
        data = list(data)
    named = {"training": data, "validation": setup.validation, **setup.shifted}
    whole = {name: list(islice(batches(setup, each), MOST)) for name, each in named.items()}
    parts = _cut(whole)
    before = {name: _losses(setup, each) for name, each in parts.items()}
    steps, means = 0, [_means(before)]
    after = before
    for steps in _trained(setup, data, epochs, seconds):
        after = {name: _losses(setup, each) for name, each in parts.items()}
        means.append(_means(after))
    suites = [Suite(name, before[name], after[name]) for name in parts]
    return Learning(suites[0], suites[1], tuple(suites[2:]), tuple(means), steps)


def _means(losses: dict[str, tuple[float, ...]]) -> tuple[float, float]:
    return _mean(losses["training"]), _mean(losses["validation"])


def _trained(setup: Setup, data: Any, epochs: int, seconds: float) -> Iterator[int]:
    """The number of steps so far, after every pass."""
    step, steps, deadline = train_step(setup), 0, time.monotonic() + seconds
    for _ in range(max(epochs, 1)):
        for batch in batches(setup, data):
            step(fresh(batch))
            steps += 1
            if time.monotonic() > deadline:
                yield steps
                return
        yield steps


def _cut(suites: Mapping[str, Parts]) -> Mapping[str, Parts]:
    """Whole batches where every suite has many; else pieces of one size, as small as need be.

    Of one size, so that a loss that is a sum, or one over pairs of samples, is the same everywhere.
    """
    if all(len(found) >= MANY for found in suites.values()):
        return suites
    sizes = [size(batch) for found in suites.values() for batch in found]
    if None in sizes:
        return suites
    fewest = min(sum(size(batch) or 0 for batch in found) for found in suites.values())
    piece = max(fewest // PIECES, 2)
    return {name: _spread(_pieces(found, piece)) for name, found in suites.items()}


def _pieces(found: Parts, samples: int) -> Parts:
    return [
        sliced(batch, start, start + samples)
        for batch in found
        for start in range(0, (size(batch) or 0) - samples + 1, samples)
    ]


def _spread(parts: Parts) -> Parts:
    return parts[:: -(-len(parts) // MOST) or 1]


def _losses(setup: Setup, parts: Parts) -> tuple[float, ...]:
    """Of each part, in eval mode. Raises Inconclusive where there is none, or one is not finite."""
    found = [eval_loss(setup._replace(batch=part)) for part in parts]
    if any(loss is None for loss in found):
        raise Inconclusive(
            "there is no loss in eval mode, so that suites cannot be compared",
            "Return an `eval_step(batch)` that returns the loss.",
        )
    losses = tuple(loss for loss in found if loss is not None)
    if not all(map(math.isfinite, losses)):
        raise Inconclusive(
            "a loss in eval mode is NaN or infinite", "Ask `finite` where that comes from first."
        )
    return losses


def _mean(losses: Sequence[float]) -> float:
    return sum(losses) / max(len(losses), 1)
