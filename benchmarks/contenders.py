"""What people do today to see whether a training program is sound, and what each costs on its own.

    python -m benchmarks.contenders NAME MODULE:FUNCTION

runs one of them on a program of the working directory, as a script of its own would; what it calls
wrong ends it with an AssertionError, or with the program's own error.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from benchmarks.zoo_plain import STEPS, first, named, seeded, step_of

Step = Callable[[Any], Any]  # a training step on this batch
Losses = list[float]


class Contender(NamedTuple):
    """How it trains, and from where on it calls the last loss wrong."""

    name: str
    train: Callable[[Step, Any], Losses]
    limit: float = math.inf

    def alarms(self, losses: Losses) -> bool:
        """Whether it calls the last loss wrong; there is none where it ended with an error."""
        return not losses or not losses[-1] < self.limit


def plainly(step: Step, batch: Any, steps: int = STEPS) -> Losses:
    return [number(step(copy.deepcopy(batch))) for _ in range(steps)]


def with_anomaly_mode(step: Step, batch: Any) -> Losses:
    with torch.autograd.detect_anomaly():
        return plainly(step, batch, 1)


def overfit_batches(step: Step, batch: Any) -> Losses:
    return in_lightning(step, batch, overfit_batches=1, max_epochs=STEPS)


def fast_dev_run(step: Step, batch: Any) -> Losses:
    return in_lightning(step, batch, fast_dev_run=True)


def in_lightning(step: Step, batch: Any, **options: Any) -> Losses:
    trained: Losses = importlib.import_module("benchmarks.in_lightning").trained(
        step, batch, **options
    )
    return trained


def number(loss: Any) -> float:
    loss = loss["loss"] if isinstance(loss, Mapping) else loss
    return float(loss.detach() if isinstance(loss, Tensor) else loss)


CONTENDERS = (
    Contender("plain script, loss < 1.0", plainly, 1.0),
    Contender("plain script, loss < 0.1", plainly, 0.1),
    Contender("one step in anomaly mode", with_anomaly_mode),
    Contender("Lightning overfit_batches, loss < 0.1", overfit_batches, 0.1),
    Contender("Lightning fast_dev_run", fast_dev_run),
)


def main(name: str, program: str) -> None:
    sys.path.insert(0, "")
    module, _, function = program.partition(":")
    setup = getattr(importlib.import_module(module), function)
    seeded(0)
    parts = named(setup(0) if inspect.signature(setup).parameters else setup())
    contender = next(each for each in CONTENDERS if each.name == name)
    step = parts.get("train_step") or step_of(parts)
    assert number(contender.train(step, first(parts["data"]))[-1]) < contender.limit


if __name__ == "__main__":
    main(*sys.argv[1:])
