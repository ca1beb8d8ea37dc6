"""The child's side of `suggest memorize`: the program as it is, trained once with each of several seeds."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from smokealarm.child import loaded
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.criterion import PASS_SHARE, share_left
from smokealarm.memorize.fit import Trial
from smokealarm.memorize.trial import run_trial


def run(argument: dict[str, Any], send: Callable[[Any], None]) -> None:
    """Sends what each run came to. What the user's code raises passes through."""
    steps = argument["steps"]
    bench = Bench(loaded(argument["setup"]), "auto", Path.cwd(), steps)
    for seed in argument["seeds"]:
        setup = bench.made(seed)
        asked = str(setup.hints.get("memorizable", "full"))
        trial = run_trial(setup, seed=seed, batch=None, steps=steps)
        send(
            {
                "seed": seed,
                "memorizable": asked,
                "initial": _number(trial.losses[0] if trial.losses else math.inf),
                "best": _number(trial.best),
                "floor": trial.floor,
                "left": _number(share_left(trial)),
                "learnt": learnt(trial, PASS_SHARE.get(asked, -math.inf)),
            }
        )


def learnt(trial: Trial, share: float) -> int | None:
    """The step at which at most this share of what could be lost was left, by the training median."""
    medians = trial.medians
    waits = len(trial.finite) - len(medians)
    for number, median in enumerate(medians):
        if (
            share_left(trial._replace(losses=(trial.losses[0], median), eval_losses=(median,)))
            <= share
        ):
            return waits + number + 1
    return None


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
