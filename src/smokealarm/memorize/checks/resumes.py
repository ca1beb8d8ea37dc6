"""A run that resumes from its checkpoint goes on as if it had not been interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at, number

SHOWN = 3


class Resumed(NamedTuple):
    """A run of twice `steps` steps, and one that was saved, made anew and loaded half-way."""

    steps: int
    whole: tuple[float, ...]  # the losses of the second half
    resumed: tuple[float, ...]
    apart: dict[str, float]  # parameters and buffers that differ in the end, relative
    noise: float  # how far two runs that were not interrupted are apart, relative
    unsaved: tuple[str, ...] = ()  # buffers that changed and are in no state_dict
    refused: str = ""  # why the checkpoint could not be written or loaded


def check(fit: Fit, *, tolerance: float = 1e-5) -> Iterator[Finding]:
    """Training on from a checkpoint equals training without a break.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - resumes: {tolerance: 0.00001}

    Four steps are made, the state of every module, optimizer and scheduler is written to a file, the
    set-up is made anew, the file loaded, and four more steps are made; random numbers go on where they
    were. Parameters and losses must be those of eight steps in one go, within `tolerance` (relative) or
    ten times what two runs without a break differ by.

    What gets lost on the way: a scheduler or a second optimizer that setup does not return, a buffer
    with persistent=False, a tensor kept as a plain attribute, a counter or a moving average in your own
    step, a GradScaler. Return them: a `scheduler`, `extra_optimizers`, or among the modules of `model`.

    Opt-in: not every program promises it.
    """
    resumed = fit.fact(Resumed)
    if resumed.refused:
        yield Finding(
            message=f"the checkpoint cannot be loaded: {resumed.refused}",
            **at(fit.place),
            evidence={"reproduce": fit.reproduce},
            remedy="What state_dict() returns must be what load_state_dict() takes in a new process.",
        )
        return
    allowed = max(tolerance, 10 * resumed.noise)
    names = sorted(name for name, off in resumed.apart.items() if off > allowed)
    if names:
        yield _finding(fit, resumed, names)


def _finding(fit: Fit, resumed: Resumed, names: list[str]) -> Finding:
    pairs = zip(resumed.whole, resumed.resumed)
    step = next((i for i, (one, other) in enumerate(pairs) if one != other), len(resumed.whole))
    worst = max(names, key=lambda name: resumed.apart[name])
    unsaved = ", ".join(resumed.unsaved[:SHOWN])
    hidden = f"; in no state_dict: {unsaved}" if unsaved else ""
    return Finding(
        message=f"a resumed run differs from one without a break, from step {step + 1} after the"
        f" checkpoint on{hidden}",
        **at(fit.stepping),
        evidence={
            "losses without a break": ", ".join(f"{loss:.6g}" for loss in resumed.whole),
            "losses when resumed": ", ".join(f"{loss:.6g}" for loss in resumed.resumed),
            "furthest off": f"{worst}, by {resumed.apart[worst]:.3g} of its size",
            "parameters that differ": len(names),
            "noise": number(resumed.noise),
            "reproduce": fit.reproduce,
        },
        remedy="Something that decides the next step is in no state_dict that setup returns: a"
        " scheduler, a scaler, a moving average, a buffer with persistent=False, a counter.",
    )
