"""Whether what is learnt on the training data holds on data that was held out, and what to do if not."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from smokealarm.errors import Inconclusive
from smokealarm.finding import Curve, Finding, Level, Table
from smokealarm.memorize.fit import Fit, at, number
from smokealarm.stage import Sight

MARGIN = 0.2  # of what training gained: a smaller difference is of no consequence
UNDERFIT = 0.5  # of the loss before training: more than this left is little learnt
RESAMPLES = 1000
FEWEST = 5  # parts of a suite that an interval can be told of
ADVICE = {
    "overfit": "Overfit: more data comes first, then augmentation, regularisation (weight decay,"
    " dropout) and an earlier stop.",
    "underfit": "Underfit: a larger model, a longer training or a higher learning rate; more data of"
    " the same kind will not help.",
    "shifted": "Shifted: train on data like that suite's as well; if it is among the training data"
    " already, both more data and a larger model.",
    "well": "It holds on what was held out: what is left to gain is usually gained by fine-tuning a"
    " large pre-trained model.",
}


class Suite(NamedTuple):
    """A named set of parts (batches, or pieces of them) with the loss of each, in eval mode."""

    name: str
    before: tuple[float, ...]  # training
    after: tuple[float, ...]  # the same parts in the same order


class Learning(NamedTuple):
    """An honest short training on the whole of `data`, seen from each suite."""

    train: Suite
    validation: Suite
    shifted: tuple[Suite, ...]
    epochs: tuple[tuple[float, float], ...]  # mean loss of train and validation after each
    steps: int


class Interval(NamedTuple):
    """A difference, and where 95 % of its bootstrap resamples lie."""

    middle: float
    low: float
    high: float

    def against(self, margin: float) -> bool | None:
        """Whether it exceeds the margin; None where that cannot be told."""
        return None if self.low <= margin <= self.high else self.middle > margin


def check(
    fit: Fit, *, epochs: int = 5, seconds: float = 60, at_most_gap: float | None = None
) -> Iterator[Sight]:
    """What is learnt on the training data holds on data that was held out.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - generalizes: {epochs: 5, seconds: 60, at_most_gap: 0.5}

    Opt-in: it trains on all of `data`, for `epochs` passes or `seconds`. Setup returns `validation`
    beside it, and may return `shifted`, a dict of further suites by name (other cameras, other
    countries); each is a loader or a batch. The losses are taken in eval mode before and after.

    It tells overfit (validation is worse than training by more than 20 % of what training gained),
    underfit (half of the loss or more is left on the training data itself) and shifted (a suite is
    worse than validation by as much), with the advice that follows. Each rests on 95 % intervals: a
    bootstrap over the parts of a suite, paired where the same parts are compared before and after.
    Where an interval holds both sides it is inconclusive. The loss before training is the chance
    level of a model that starts from scratch.

    These are notices. An alarm comes only where `at_most_gap` is given: the gap between training and
    validation, as a share of what training gained, is above it with the whole interval.
    """
    learning = fit.fact(Learning, epochs=epochs, seconds=seconds)
    _refuse_few(fit, learning)
    yield curve(learning)
    yield table(learning)
    gained, gap = gain(learning.train), difference(learning.train.after, learning.validation.after)
    if gained.low <= 0:
        raise Inconclusive(
            f"{learning.steps} steps brought the training loss from"
            f" {_mean(learning.train.before):.4g} to {_mean(learning.train.after):.4g}, which may be"
            " chance: there is nothing yet that could hold",
            "Raise `epochs`, and ask `memorizes` whether the set-up can learn at all.",
            fit.place,
        )
    if at_most_gap is not None and gap.low > at_most_gap * gained.middle:
        yield _finding(fit, learning, "overfit", _overfit(learning, gap, gained), Level.FAILURE)
        return
    yield from _verdicts(fit, learning, gap, gained)


def _verdicts(fit: Fit, learning: Learning, gap: Interval, gained: Interval) -> Iterator[Finding]:
    margin = MARGIN * gained.middle
    unclear = []
    if (overfit := gap.against(margin)) is None:
        unclear.append(f"validation against training ({_told(gap)})")
    elif overfit:
        yield _finding(fit, learning, "overfit", _overfit(learning, gap, gained))
    elif left(learning.train) > UNDERFIT:
        message = (
            f"underfit: {left(learning.train):.0%} of the training loss is left after"
            f" {learning.steps} steps, and validation is as good"
        )
        yield _finding(fit, learning, "underfit", message)
    for suite in learning.shifted:
        moved = difference(learning.validation.after, suite.after)
        if (worse := moved.against(margin)) is None:
            unclear.append(f"`{suite.name}` against validation ({_told(moved)})")
        elif worse:
            message = (
                f"shifted: the loss on `{suite.name}` is {_mean(suite.after):.4g}, above that of"
                f" validation by {_told(moved)}"
            )
            yield _finding(fit, learning, "shifted", message)
    if unclear:
        raise Inconclusive(
            f"the samples are too few to tell {' and '.join(unclear)} from {margin:.3g}, a fifth of"
            " what training gained",
            "Give those suites more batches.",
            fit.place,
        )


def _refuse_few(fit: Fit, learning: Learning) -> None:
    for suite in (learning.train, learning.validation, *learning.shifted):
        if len(suite.after) < FEWEST:
            raise Inconclusive(
                f"the suite `{suite.name}` has {len(suite.after)} parts to take a loss of, and an"
                f" interval wants {FEWEST}",
                "Give it more batches, or a batch of more samples.",
                fit.place,
            )


def gain(suite: Suite) -> Interval:
    """What training brought, paired: the same parts before and after."""
    pairs = [was - now for was, now in zip(suite.before, suite.after)]
    return _bootstrap(lambda draw: _mean(draw(pairs)))


def difference(one: Sequence[float], other: Sequence[float]) -> Interval:
    """By how much the mean of the other is above that of the one."""
    return _bootstrap(lambda draw: _mean(draw(other)) - _mean(draw(one)))


def left(suite: Suite) -> float:
    """Of the loss before training; losses that go below zero have no such share: then 0."""
    lowest = min(*suite.before, *suite.after)
    return _mean(suite.after) / max(_mean(suite.before), 1e-12) if lowest >= 0 else 0.0


Draw = Callable[[Sequence[float]], Sequence[float]]


def _bootstrap(statistic: Callable[[Draw], float]) -> Interval:
    """The percentile method (Efron 1979), always with the same random numbers."""
    dice = random.Random(0)

    def drawn(values: Sequence[float]) -> Sequence[float]:
        return dice.choices(values, k=len(values))

    found = sorted(statistic(drawn) for _ in range(RESAMPLES))
    tail = RESAMPLES // 40
    return Interval(statistic(lambda values: values), found[tail], found[-tail - 1])


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values)


def _error(values: Sequence[float]) -> float:
    return statistics.stdev(values) / math.sqrt(len(values))


def _told(interval: Interval) -> str:
    return f"{interval.middle:.3g}, 95 % between {interval.low:.3g} and {interval.high:.3g}"


def _overfit(learning: Learning, gap: Interval, gained: Interval) -> str:
    return (
        f"overfit: validation is worse than training by {_told(gap)};"
        f" that is {gap.middle / gained.middle:.0%} of what {learning.steps} steps gained"
    )


def curve(learning: Learning) -> Curve:
    train, validation = zip(*learning.epochs)
    return Curve(
        title="Loss on training and validation data",
        x_label="epoch",
        y_label="loss",
        x=[float(epoch) for epoch in range(len(learning.epochs))],
        series={"training": list(train), "validation": list(validation)},
    )


def table(learning: Learning) -> Table:
    suites = (learning.train, learning.validation, *learning.shifted)
    return Table(
        title="Loss by suite, in eval mode",
        header=["suite", "before training (chance)", "after", "standard error", "parts"],
        rows=[
            [
                suite.name,
                number(_mean(suite.before)),
                number(_mean(suite.after)),
                number(_error(suite.after)),
                len(suite.after),
            ]
            for suite in suites
        ],
    )


def _finding(
    fit: Fit, learning: Learning, kind: str, message: str, level: Level = Level.NOTICE
) -> Finding:
    suites = (learning.train, learning.validation, *learning.shifted)
    return Finding(
        message=message,
        **at(fit.place),
        level=level,
        evidence={
            **{
                f"loss, {each.name}": f"{_mean(each.after):.4g} +- {_error(each.after):.2g}"
                for each in suites
            },
            "loss before training (chance)": number(_mean(learning.validation.before)),
            "steps": learning.steps,
            "reproduce": fit.reproduce,
        },
        remedy=ADVICE[kind],
    )
