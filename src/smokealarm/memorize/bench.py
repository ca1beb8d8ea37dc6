"""The bench: makes the user's program anew, as often as a question needs it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from smokealarm.memorize.batch import moved
from smokealarm.memorize.faults import planted
from smokealarm.memorize.footprint import Standing
from smokealarm.memorize.forms import read
from smokealarm.memorize.setup import Setup, seed_everything


class Bench(NamedTuple):
    """What it takes to make the program again. `device: auto` leaves it where the user put it."""

    function: Callable[..., Any]
    device: str  # auto, cpu or cuda
    root: Path  # of the user's repository
    steps: int  # in a window of the fit
    seed: int = 0  # of the first trial
    fault: str = ""  # planted into the program, to see whether the checks notice
    name: str = ""  # of the function, as the user writes it
    windows: int = 3  # of the fit, at most
    before: Mapping[str, Standing] | None = (
        None  # in the repository, before any of the user's code ran
    )

    def made(self, seed: int | None = None) -> Setup:
        """Call the user's function, seeded. Raises FatalError where what it returns is of no use."""
        seed = self.seed if seed is None else seed
        seed_everything(seed)
        setup = _on_device(read(_called(self.function, seed)), self.device)
        return planted(setup, self.fault) if self.fault else setup


def _called(function: Callable[..., Any], seed: int) -> Any:
    """With the seed, if the function takes one: by that name, or as its only required argument."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return function()
    if any(parameter.name == "seed" for parameter in parameters):
        return function(seed=seed)
    required = [parameter for parameter in parameters if parameter.default is parameter.empty]
    required = [
        each for each in required if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    return function(seed) if len(required) == 1 else function()


def _on_device(setup: Setup, device: str) -> Setup:
    """`auto` leaves the model where the set-up put it, and brings the batch there."""
    if device == "cuda":
        for module in (*setup.modules.values(), setup.loss_fn):
            if isinstance(module, nn.Module):
                module.to("cuda")
    if device != "cuda" and setup.train_step is not None:
        return setup
    where = next((parameter.device for _, parameter in setup.parameters()), torch.device("cpu"))
    return setup._replace(batch=moved(setup.batch, where))
