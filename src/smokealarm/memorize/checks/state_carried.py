"""What a step leaves behind is there in the next one: weights, the optimizer's state, random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Place, Unasked
from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at

LOOKS = 7  # steps in a row that must all show it
RETURNS = 2  # times that all weights are what they were in the beginning


class Carried(NamedTuple):
    """What was there again, or not there any more, in the first steps."""

    steps: int = 0
    same_numbers: bool = False  # the random generator stood at the same place at every dropout
    returned: tuple[int, ...] = ()  # steps after which the weights had moved and were back
    forgetful: str = ""  # the optimizer that keeps a state and never found it again
    place: Place | None = None  # the user's line where that one steps


def check(fit: Fit) -> Iterator[Finding]:
    """Every step goes on from the one before: its weights, optimizer state and random numbers.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [state_carried]

    Three failures, each seen in the first steps of the fit:

    - the random generator stands at the same place in each step when a dropout layer draws from it: a
      seed is set within the step, and dropout, noise and augmentation are the same each time;
    - all weights have moved and are, to the last bit, those of the beginning again: a checkpoint or
      an initialisation within the loop;
    - an optimizer with momentum or averages (Adam, SGD with momentum) finds none of them when it
      steps, in every step from the second on: it is made anew, or its state is cleared.

    Averages, look-ahead, swaps and targets that follow slowly never bring all weights back exactly.
    Optimizers of what is not the model's own (perturbations, inner loops on copies) do not count, nor
    do programs without dropout layers in the first. Where it is meant, write `skip: REASON` below the check.
    """
    carried = fit.fact(Carried)
    if carried.steps < LOOKS + 1:
        raise Unasked(f"the fit made {carried.steps} steps only")
    for message, remedy, place in _verdicts(carried):
        yield Finding(
            message=message,
            **at(place or fit.stepping),
            evidence={"steps looked at": carried.steps, "reproduce": fit.reproduce},
            remedy=remedy,
        )


def _verdicts(carried: Carried) -> Iterator[tuple[str, str, Place | None]]:
    if carried.same_numbers:
        yield (
            "every step draws the same random numbers: dropout and noise never change",
            "Set the seed once, before the loop; within it, use a torch.Generator of your own.",
            None,
        )
    if len(carried.returned) >= RETURNS:
        steps = ", ".join(map(str, carried.returned[:3]))
        yield (
            f"after the steps {steps} all weights are what they were in the beginning",
            "Look in the step for load_state_dict, reset_parameters or a model that is made anew.",
            None,
        )
    if carried.forgetful:
        yield (
            f"{carried.forgetful} has lost its state at every step: momentum and averages begin anew",
            "Make the optimizer once, before the loop, and do not clear its state.",
            carried.place,
        )
