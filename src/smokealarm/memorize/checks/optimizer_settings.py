"""The optimizer's numbers are such as can work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Place, Unasked
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at, number

EPSILON = 10.0  # beside square roots of gradients
COUPLED = 10.0  # weight decay that is added to the gradient
SHARE = 0.02  # of every weight that one step of a decoupled decay takes away

Verdict = tuple[str, str, Level]


class Group(NamedTuple):
    """One parameter group as it was at its optimizer's first step."""

    optimizer: str  # the class, of torch.optim
    lr: float
    momentum: float | None = None
    betas: tuple[float, ...] = ()
    eps: float | None = None
    weight_decay: float = 0.0
    decoupled: bool = False  # the decay is multiplied with the learning rate only


class Settings(NamedTuple):
    """Of every optimizer of torch that made a step."""

    groups: tuple[Group, ...] = ()
    place: Place | None = None  # where the first one steps


def check(fit: Fit) -> Iterator[Finding]:
    """The optimizer's settings are such as can work: betas in order, momentum below one, small eps.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [optimizer_settings]

    Looked at are the groups of torch's own optimizers when they make their first step. On one batch
    Adam learns with nearly everything, so that such slips show only after days.

    Failures: a momentum of 1 or more, with which old gradients grow; the two betas of Adam swapped
    (the first at least 0.99, the second at most 0.95); an eps of 10 or more, beside which no gradient
    counts; a weight decay that turns the weights around in one step (AdamW: lr * weight_decay of 1 or
    more; SGD: of 2 or more), or one of 10 or more that Adam takes for a gradient.

    A warning: a decoupled weight decay that takes 2 % of every weight in each step.
    Eps of 1e-1 or 1, betas such as (0.9, 0.95) or (0.5, 0.999), and decays of 1 are in use, and fine.
    """
    settings = fit.fact(Settings)
    if not settings.groups:
        raise Unasked("no optimizer of torch made a step")
    told: set[str] = set()
    for group in settings.groups:
        for message, remedy, level in _verdicts(group):
            if message in told:
                continue
            told.add(message)
            yield Finding(
                message=message,
                level=level,
                **at(fit.place or settings.place),
                evidence={
                    "optimizer": group.optimizer,
                    "learning rate": number(group.lr),
                    "reproduce": fit.reproduce,
                },
                remedy=remedy,
            )


def _verdicts(group: Group) -> Iterator[Verdict]:
    if group.momentum is not None and group.momentum >= 1:
        yield (
            f"{group.optimizer} has a momentum of {group.momentum:g}: old gradients grow",
            "Momentum is below one: 0.9 is usual.",
            Level.FAILURE,
        )
    if len(group.betas) == 2 and group.betas[0] >= 0.99 and group.betas[1] <= 0.95:
        yield (
            f"the betas of {group.optimizer} are swapped: {group.betas}",
            f"Write betas=({group.betas[1]:g}, {group.betas[0]:g}): the momentum comes first.",
            Level.FAILURE,
        )
    if group.eps is not None and group.eps >= EPSILON:
        yield (
            f"{group.optimizer} has an eps of {group.eps:g}: no gradient counts beside it",
            "1e-8 is usual.",
            Level.FAILURE,
        )
    yield from _decaying(group)


def _decaying(group: Group) -> Iterator[Verdict]:
    share = abs(group.lr) * group.weight_decay
    if group.decoupled:
        trouble = "turns the weights around" if share >= 1 else f"takes {share:.0%} of the weights"
        bad, certain = share >= SHARE, share >= 1
    elif group.optimizer == "SGD":
        trouble = "turns the weights around"
        bad = certain = share >= 2
    else:
        trouble = "outweighs every gradient"
        bad = certain = group.weight_decay >= COUPLED
    if bad:
        yield (
            f"the weight decay of {group.optimizer} is {group.weight_decay:g}, at a learning rate of"
            f" {group.lr:g}: each step {trouble}",
            "0.01 is usual with AdamW, 1e-4 with others.",
            Level.FAILURE if certain else Level.WARNING,
        )
