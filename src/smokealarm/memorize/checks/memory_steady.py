"""The memory that the training holds does not grow from step to step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Place
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at

SETTLED = 40  # steps after which what fills up once is full


class Retention(NamedTuple):
    """What is left at the end of the fit of the graphs of some early steps."""

    marked: int = 0  # steps whose graphs were marked
    alive: int = 0  # of which something was left
    nodes: int = 0  # operations that were left
    operation: str = ""  # the one nearest to the loss
    steps: int = 0  # until it was looked at
    place: Place | None = None  # the user's line that calls backward


def check(fit: Fit) -> Iterator[Finding]:
    """The graph of a step is gone some steps later: nothing keeps it alive.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [memory_steady]

    The operations of steps 3 to 12 are marked, up to a thousand each, and looked for at the end of
    the fit. If something of every one of these steps is still there, forty steps later or more, then
    each step leaves something behind: `total += loss` instead of `total += loss.item()`, outputs
    appended to a list with their graph, a hidden state carried on without .detach().

    A warning, since a training may be over before the memory is. Numbers, detached tensors, replay
    buffers, the state of optimizers and caches that fill once are no graphs and do not count; neither
    does what is kept of the last few steps only. A list that you empty at the end of an epoch counts,
    since no epoch ends here: it would hold the graphs of a whole epoch.
    """
    seen = fit.fact(Retention)
    if seen.marked < 2 or seen.alive < seen.marked or seen.steps < SETTLED:
        return
    yield Finding(
        message=f"every step leaves its graph behind: {seen.alive} of {seen.marked} steps are still in"
        f" memory after {seen.steps} steps",
        level=Level.WARNING,
        **at(seen.place or fit.place),
        evidence={
            "operations per step that stay": round(seen.nodes / seen.marked, 1),
            "nearest to the loss": seen.operation,
            "reproduce": fit.reproduce,
        },
        remedy="Keep numbers, not tensors with a history: loss.item() or loss.detach() where you add up"
        " or append; hidden.detach() where a state goes on into the next step.",
    )
