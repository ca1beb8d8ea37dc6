"""The gradient that the optimizer sees is that of the loss, and it goes down along it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Place, Unasked
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, Flow, at, number

ON_PURPOSE = re.compile("rever|grl|flip|adversar", re.IGNORECASE)
STEPS = 50  # with a learning rate of zero: no warm-up stays there
SHRUNK = 1000.0  # times too small, for one module alone
NOTHING = 1e5  # times too small, for all of them: no sum over a batch is so
SCALE = 512.0  # of the gradient: powers of two above are those of mixed precision


class Along(NamedTuple):
    """By how much the loss rises along a gradient, over what the gradient's norm promises."""

    name: str
    norm: float
    near: float  # 1 where the gradient is that of the loss, -1 where it is reversed
    far: float  # the same with a step three times as long

    @property
    def reversed(self) -> bool:
        """Clipped gradients are shorter than that of the loss; noise is longer."""
        return self.near < -0.8 and self.far < -0.8 and self._agree

    @property
    def fits(self) -> bool:
        return self.near > 0 and self.far > 0 and self._agree

    @property
    def exactly_reversed(self) -> bool:
        return self.reversed and self.near > -1.2

    @property
    def exact(self) -> bool:
        return abs(self.near - 1) < 0.2 and abs(self.far - 1) < 0.2

    @property
    def _agree(self) -> bool:
        return abs(self.near - self.far) <= 0.1 * abs(self.near)


class Slope(NamedTuple):
    """The returned loss in the neighbourhood of the first step."""

    optimizers: tuple[Along, ...]  # along the gradient that each of them saw
    all: bool = True  # of each of them it could be told
    parts: tuple[
        Along, ...
    ] = ()  # of some modules, where one backward and one optimizer make the step
    cosines: tuple[float, ...] = ()  # between what each optimizer did and its gradient
    upward: tuple[str, ...] = ()  # what makes an optimizer go up
    functions: tuple[str, ...] = ()  # in the graph of the loss
    place: Place | None = None
    counts: frozenset[int] = frozenset()  # of samples, places, numbers: a sum is so many means


def check(fit: Fit) -> Iterator[Finding]:
    """The gradient that the optimizer sees is that of the loss which the step returns.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [gradients_faithful]

    Failures: old gradients pile up (no zero_grad), over the first eight steps of the optimizer; the
    learning rate is zero in every step of the fit; the training goes uphill.

    Uphill is found out by an experiment, with some fifteen steps: the parameters of the first step
    are moved a little along the gradient that the optimizer saw, to and fro, and the loss is looked
    at. If it falls where the gradient says that it rises, at two distances and as much, the sign is
    lost somewhere: (-loss).backward(), a custom backward, a gradient that is negated. The same goes
    for an optimizer that moves along the gradient, with `maximize=True` or a learning rate below
    zero. Both together are right again: an objective that is maximized. With several optimizers or
    several calls of backward, only what holds for all of them counts: adversaries pull both ways.

    A part of the model whose gradient is reversed exactly, and no other, is a failure too, unless a
    function in the graph is named for it (GradientReversal, GRL). A warning: the gradient is larger
    than that of the loss by a power of two from 512 on: a loss that was scaled and never unscaled
    (not where a sum over the batch is minimised and its mean returned).

    Clipping, accumulation, noise, penalties and gradient surgery change length or direction and do
    not turn it around. Not asked where the optimizer wants a closure (LBFGS, SAM), where the loss is
    not the same twice with the same seed, or where the hint `memorizable` is off.
    """
    flow = fit.fact(Flow)
    if not flow.steps or fit.first.detached or not flow.nonzero:
        raise Unasked("no gradient arrives at an optimizer: see `gradients_flow`")
    if flow.accumulated:
        yield _finding(
            fit,
            "old gradients are still there when the new ones arrive: they pile up",
            "Call optimizer.zero_grad() once per step, before backward().",
        )
        return
    if flow.highest_rate == 0 and flow.steps >= STEPS:
        yield _finding(
            fit,
            f"the learning rate is 0 in every one of {flow.steps} steps",
            "Give the optimizer a learning rate, and look at what the scheduler makes of it.",
        )
        return
    if fit.hints.get("memorizable") == "off":
        raise Unasked("with `memorizable: off`, the loss returned need not be what is minimised")
    yield from _turned(fit, fit.fact(Slope))


def _turned(fit: Fit, slope: Slope) -> Iterator[Finding]:
    told = slope.optimizers
    if not told or not slope.all:
        raise Unasked("the loss moves too little along the gradient to tell its direction")
    down = [cosine <= 0 and not up for cosine, up in zip(slope.cosines, slope.upward)]
    up = [bool(why) or cosine > 0.5 for cosine, why in zip(slope.cosines, slope.upward)]
    worst = min(told, key=lambda each: each.near)
    if all(each.reversed for each in told) and all(down):
        yield _finding(
            fit,
            "the gradient is upside down: where it says that the loss rises, the loss falls",
            "Look for a minus sign before the loss, in backward() only; for gradients that are negated,"
            " and for a custom autograd function with the wrong sign. If the objective is to be"
            " maximized, return its negative as the loss.",
            worst,
            slope,
        )
    elif all(each.fits for each in told) and all(up):
        why = next((why for why in slope.upward if why), "its update follows the gradient")
        yield _finding(
            fit,
            f"the optimizer goes uphill: {why}",
            "Minimise: a learning rate above zero, `maximize=False`, and parameters less the gradient.",
            worst,
            slope,
        )
    elif part := _reversed_part(slope):
        yield _finding(
            fit,
            f"the gradient of `{part.name}` is upside down, that of others is not",
            "Look for a custom autograd function or a hook behind that module whose backward has the"
            " wrong sign. If it is meant, write `skip: REASON` below the check.",
            part,
            slope,
        )
    elif part := _shrunk_part(slope):
        yield _finding(
            fit,
            f"of the gradient of `{part.name}` only a {part.near:.3g}th part arrives, of others all",
            "Look for a custom autograd function or a hook behind that module that scales it down.",
            part,
            slope,
            Level.WARNING,
        )
    elif len(told) == 1 and told[0].fits and told[0].near > NOTHING:
        yield _finding(
            fit,
            f"the gradient that the optimizer sees is a {told[0].near:.3g}th part of that of the loss",
            "Look at the limit of clip_grad_norm_ (1.0 is usual), and for factors on the loss before"
            " backward().",
            told[0],
            slope,
            Level.WARNING,
        )
    elif len(told) == 1 and (factor := _scaled(told[0])) and round(factor) not in slope.counts:
        yield _finding(
            fit,
            f"the gradient that the optimizer sees is {factor:.0f} times that of the loss",
            "If the loss was scaled for mixed precision, step with scaler.step(optimizer), which"
            " unscales it, or divide the gradients yourself.",
            told[0],
            slope,
            Level.WARNING,
        )


def _reversed_part(slope: Slope) -> Along | None:
    """Some reversed exactly and all others exactly right: no mixture of two losses is so."""
    turned = [part for part in slope.parts if part.exactly_reversed]
    right = [part for part in slope.parts if part.exact]
    on_purpose = any(ON_PURPOSE.search(name) for name in slope.functions)
    if not (turned and right) or len(turned) + len(right) < len(slope.parts) or on_purpose:
        return None
    return turned[0]


def _shrunk_part(slope: Slope) -> Along | None:
    """A part that gets a thousandth or less, where all others are exactly right."""
    shrunk = [part for part in slope.parts if part.fits and part.near > SHRUNK]
    right = [part for part in slope.parts if part.exact]
    if not (shrunk and right) or len(shrunk) + len(right) < len(slope.parts):
        return None
    return shrunk[0]


def _scaled(along: Along) -> float | None:
    if not along.fits:
        return None
    power = 1.0
    while power * along.near < 0.7:
        power *= 2
    return power if power >= SCALE and abs(power * along.near - 1) < 0.02 else None


def _finding(
    fit: Fit,
    message: str,
    remedy: str,
    along: Along | None = None,
    slope: Slope | None = None,
    level: Level = Level.FAILURE,
) -> Finding:
    evidence: dict[str, str | float] = {}
    if along and slope:
        evidence = {
            "rise of the loss along the gradient, over its norm": number(along.near),
            "gradient norm": number(along.norm),
            "cosine between update and gradient": ", ".join(f"{c:.2f}" for c in slope.cosines),
        }
    place = (slope.place if slope else None) or fit.stepping
    evidence = {**evidence, "optimizer steps": fit.fact(Flow).steps, "reproduce": fit.reproduce}
    return Finding(message=message, level=level, **at(place), evidence={**evidence}, remedy=remedy)
