"""One trial: the set-up made with a seed, and trained on its batch as long as that helps."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from smokealarm.memorize.batch import shrunk, size, tensors
from smokealarm.memorize.criterion import passes, still_improves
from smokealarm.memorize.fit import Trial
from smokealarm.memorize.floor import LossSpy
from smokealarm.memorize.gradients import Watch
from smokealarm.memorize.setup import Setup, made, seed_everything
from smokealarm.memorize.step import Detached, Step, eval_loss, train_step

EXTENSIONS = 3  # times the steps asked for, at most


def run_trial(
    function: Callable[..., Any],
    *,
    seed: int,
    batch: int | None,
    steps: int,
    device: str,
    root: Path,
) -> Trial:
    """Make the set-up and train it. Errors of the user's code pass through."""
    setup = made(function, seed, device)
    if batch is not None:
        setup = setup._replace(batch=shrunk(setup.batch, batch))
    seed_everything(seed)
    watch = Watch(setup, root)
    with watch.listening():
        trial = _trained(setup, Trial(seed, size(setup.batch), ()), steps)
    return trial._replace(
        flow=watch.flow(),
        place=watch.place,
        bad_parameters=not _finite_parameters(setup),
        hints=setup.hints,
    )


def first_loss(function: Callable[..., Any], seed: int, device: str) -> float:
    """The loss of the first step of another run with the same seed."""
    setup = made(function, seed, device)
    seed_everything(seed)
    try:
        return train_step(setup)()
    except Detached:
        return math.nan


def _trained(setup: Setup, trial: Trial, steps: int) -> Trial:
    memorizable = str(setup.hints.get("memorizable", "full"))
    step = train_step(setup)
    try:
        first, floor = _first_step(setup, step)
    except Detached:
        return trial._replace(detached=True)
    losses = [first]
    trial = trial._replace(floor=floor)
    for end in range(steps, EXTENSIONS * steps + 1, steps):
        while len(losses) < end and math.isfinite(losses[-1]):
            losses.append(step())
        evaluated = eval_loss(setup) if math.isfinite(losses[-1]) else None
        trial = trial._replace(
            losses=tuple(losses),
            eval_losses=(*trial.eval_losses, *([] if evaluated is None else [evaluated])),
        )
        if not math.isfinite(losses[-1]) or memorizable == "off" or passes(trial, memorizable):
            break
        if not still_improves(trial.losses, trial.floor, steps):
            break
    return trial


def _first_step(setup: Setup, step: Step) -> tuple[float, float | None]:
    """The first step, under observation: which loss functions is the loss made of?"""
    spy = LossSpy(list(tensors(setup.batch)))
    with spy:
        loss = step()
    declared = setup.hints.get("floor")
    return loss, spy.floor(loss) if declared is None else float(declared)


def _finite_parameters(setup: Setup) -> bool:
    with torch.no_grad():
        return all(bool(torch.isfinite(parameter).all()) for _, parameter in setup.parameters())
