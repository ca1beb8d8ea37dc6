"""The catalogue of faults: what goes wrong in training programs, planted into a healthy one.

A fault is a function in a file of its kind. It is given a set-up as it was made and returns it broken; or it
raises Unasked, with the reason, where the program has no place for it. What can only be seen when the
program runs, such as the loss that it calls, it says from within the first step. Its docstring's first line
says what is wrong then, in the words of somebody who has found it in their own code.

Not every fault does harm on one batch: a program that trains in spite of one has it all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

from smokealarm.errors import FatalError, SmokealarmError
from smokealarm.memorize.faults import (
    attention,
    data,
    graph,
    layers,
    loop,
    losses,
    mode,
    model,
    numerics,
    optimizing,
    shapes,
    state,
    targets,
)
from smokealarm.memorize.faults.planting import HOOKED, Unfit, reached
from smokealarm.memorize.hints import meant
from smokealarm.memorize.setup import Setup

Plant = Callable[[Setup], Setup]

KINDS: Mapping[str, tuple[ModuleType, ...]] = {
    "loop": (loop,),
    "optimizer": (optimizing,),
    "graph": (graph,),
    "loss": (losses, targets),
    "data": (data,),
    "model": (model, layers),
    "attention": (attention,),
    "mode": (mode,),
    "numerics": (numerics,),
    "state": (state,),
    "shapes": (shapes,),
}
FAULTS: Mapping[str, Plant] = {
    plant.__name__: plant for kind in KINDS.values() for file in kind for plant in file.FAULTS
}
KIND_OF: Mapping[str, str] = {
    plant.__name__: name for name, kind in KINDS.items() for file in kind for plant in file.FAULTS
}


def planted(setup: Setup, name: str) -> Setup:
    """The program with the fault in it. Raises FatalError for a fault that nobody knows."""
    if name not in FAULTS:
        raise FatalError(f"there is no fault `{name}`", meant(name, tuple(FAULTS)))
    HOOKED.clear()
    try:
        return reached(FAULTS[name](setup), list(HOOKED))
    except SmokealarmError:
        raise
    except Exception as error:  # such as a batch of an unusual type
        raise Unfit(f"it cannot be planted here: {type(error).__name__}: {error}") from error


def told(name: str) -> str:
    """What is wrong where the fault has been planted."""
    return (FAULTS[name].__doc__ or "").partition("\n")[0]
