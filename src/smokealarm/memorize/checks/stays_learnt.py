"""What has been learnt is not lost again."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from smokealarm.errors import Unasked
from smokealarm.finding import Finding
from smokealarm.memorize.criterion import passes, whole
from smokealarm.memorize.fit import WINDOW, Fit, at, number

FEWEST = 5 * WINDOW  # steps
DIVERGED = 10  # times what could be lost in the beginning


def check(fit: Fit) -> Iterator[Finding]:
    """A batch that was learnt does not end above the loss that it began with.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [stays_learnt]

    `memorizes` looks at the best losses of the fit. This looks at its end: it is a failure if the
    batch was learnt, and the median of the last ten losses is higher than the first loss, in at least
    fifty steps. So it goes where the learning rate grows without end (a scheduler with a factor above
    one, one that was made for fewer steps) or momentum does. A spike that heals within the fit, and
    noise, do not count. Where the batch was not learnt, more than ten times the first loss is a failure
    (a smaller batch may be learnt all the same, and `memorizes` content). Asked where the lowest loss is
    known, and not with the hint `memorizable: off`.
    """
    trial = fit.first
    memorizable = str(fit.hints.get("memorizable", "full"))
    if memorizable == "off":
        raise Unasked("the hints say that the loss need not fall")
    if len(trial.losses) < FEWEST or not whole(trial) or trial.floor is None:
        return
    last = statistics.median(trial.losses[-WINDOW:])
    highest = max(trial.losses[:WINDOW])
    learnt = passes(trial, memorizable)
    if last - trial.floor <= (1 if learnt else DIVERGED) * (highest - trial.floor):
        return
    what = f"was learnt, down to {trial.best:.4g}, and lost again" if learnt else "diverges"
    yield Finding(
        message=f"the loss of the batch {what}: the fit ends at {last:.4g}, above the"
        f" {trial.losses[0]:.4g} that it began with",
        **at(fit.stepping),
        evidence={
            "first loss": number(trial.losses[0]),
            "best loss": number(trial.best),
            "last losses, median of ten": number(last),
            "steps": len(trial.losses),
            "reproduce": fit.reproduce,
        },
        remedy="Look at the learning rate in the last steps: schedulers with a factor above one, and"
        " cycles that are stepped more often than they were made for.",
    )
