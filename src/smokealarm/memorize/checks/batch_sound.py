"""The batch has something to learn in it, and the step leaves its targets as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at, number
from smokealarm.memorize.losses import LossCall, LossCalls

HUGE = 1.8e19  # the square of a larger number is infinite in float32


class Contents(NamedTuple):
    """What is in the batch. Inputs and targets are known by their places or names."""

    samples: int = 0
    same_inputs: bool = False  # of every sample
    same_targets: bool = False
    no_inputs: bool = False  # all of their numbers are zero
    largest: float = 0.0  # finite number of the inputs
    huge: int = 0  # so many are beyond what can be squared
    leak: int | None = None  # the column of a table of inputs that is the target
    overwritten: bool = False  # the targets differed before the first step, and are alike after it


def check(fit: Fit) -> Iterator[Finding]:
    """The inputs and targets of the batch differ, are of a size, and are not written over.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [batch_sound]

    Looked at is the batch before and after the first step, where it is a tuple that ends with the
    targets, or a mapping that names them (labels, label, targets, target, y), of four samples or more.

    Failures: an input so large that its square is infinite (a filled-in missing value; masks that are
    far below zero are no inputs); all samples have the same inputs and different targets; the step
    writes over the targets, so that all are equal after it.

    Warnings: all targets are equal and a loss function of torch's is given them, all inputs are zero,
    or a column of the inputs is the target itself, number by number: the answer is given away. Where
    a batch is meant to be so, write `skip: REASON` below the check. Writing into the inputs, or into
    some of the targets, is fine.
    """
    contents = fit.fact(Contents)
    alone = contents.same_targets and _constant(fit.fact(LossCalls).calls, contents.samples)
    memorizable = str(fit.hints.get("memorizable", "full"))
    for message, remedy, level in _verdicts(contents, memorizable, alone):
        yield Finding(
            message=message,
            level=level,
            **at(fit.place),
            evidence={
                "samples": contents.samples,
                "largest input": number(contents.largest),
                "reproduce": fit.reproduce,
            },
            remedy=remedy,
        )


def _constant(calls: tuple[LossCall, ...], samples: int) -> bool:
    """One call in each step, and its targets, one class for each sample, are all the same class."""
    return len({call.step for call in calls}) == len(calls) > 0 and all(
        call.function in ("cross_entropy", "nll_loss")
        and call.counted >= samples
        and call.target_lowest == call.target_highest
        for call in calls
    )


def _verdicts(seen: Contents, memorizable: str, alone: bool) -> Iterator[tuple[str, str, Level]]:
    if seen.huge:
        yield (
            f"{seen.huge} of the inputs are as large as {seen.largest:.2g}: their squares are infinite",
            "Look for missing values that were filled with a large number, and scale the inputs.",
            Level.FAILURE,
        )
    if seen.overwritten:
        yield (
            "the training step writes over the targets: they differ before it, and are all equal after",
            "Look for in-place operations (copy_, fill_, target[...] = ...) on the targets.",
            Level.FAILURE,
        )
    if seen.no_inputs:
        yield (
            "every number of the inputs is zero",
            "Look at where they are loaded: a tensor that was allocated and never filled.",
            Level.WARNING,
        )
    elif seen.same_inputs and not seen.same_targets:
        yield (
            "all samples of the batch have the same inputs, and their targets differ",
            "Look for an index in the dataset that does not move, or an expand() of one sample.",
            Level.FAILURE if memorizable == "full" else Level.WARNING,
        )
    if alone:
        yield (
            "all targets of the batch are the same: a constant answer is perfect",
            "Take a batch with different targets (shuffle), and look at how they are made.",
            Level.WARNING,
        )
    if seen.leak is not None:
        yield (
            f"column {seen.leak} of the inputs is the target: the answer is given away",
            "Drop the target's column from the inputs.",
            Level.WARNING,
        )
