"""One trial: the set-up made with a seed, and trained on its batch as long as that helps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import torch

from smokealarm.memorize.batch import fresh, shrunk, size, tensors
from smokealarm.memorize.criterion import clearly_learnt, passes, still_improves
from smokealarm.memorize.fit import Trial
from smokealarm.memorize.floor import LossSpy
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import Detached, Step, eval_loss, train_step
from smokealarm.memorize.watches import Watch

EXTENSIONS = 3  # times the steps asked for, at most


def run_trial(
    setup: Setup,
    *,
    seed: int,
    batch: int | None,
    steps: int,
    watches: Sequence[Watch] = (),
    windows: int = EXTENSIONS,
) -> Trial:
    """Train a set-up that was made with the seed. Errors of the user's code pass through."""
    if batch is not None:
        setup = setup._replace(batch=shrunk(setup.batch, batch))
    seed_everything(seed)
    with ExitStack() as listening:
        for watch in watches:
            listening.enter_context(watch.listening())
        step = _watched(train_step(setup), setup, watches)
        trial = _trained(setup, Trial(seed, size(setup.batch), ()), step, steps, windows)
    return trial._replace(bad_parameters=not _finite_parameters(setup))


def _watched(step: Step, setup: Setup, watches: Sequence[Watch]) -> Callable[[], float]:
    """The step on a copy of the batch, as fresh as from a loader, with the watches looking on."""
    number = 0

    def watched() -> float:
        nonlocal number
        number += 1
        batch = fresh(setup.batch)
        for watch in watches:
            watch.before_step(number, batch)
        loss = step(batch)
        for watch in watches:
            watch.after_step(number, loss)
        return loss

    return watched


def _trained(
    setup: Setup, trial: Trial, step: Callable[[], float], steps: int, windows: int
) -> Trial:
    memorizable = str(setup.hints.get("memorizable", "full"))
    try:
        first, floor = _first_step(setup, step)
    except Detached:
        return trial._replace(detached=True)
    losses = [first]
    trial = trial._replace(floor=floor)
    for end in range(steps, windows * steps + 1, steps):
        while len(losses) < end and math.isfinite(losses[-1]):
            if clearly_learnt(losses, trial.floor):
                break
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


def _first_step(setup: Setup, step: Callable[[], float]) -> tuple[float, float | None]:
    """The first step, under observation: which loss functions is the loss made of?"""
    spy = LossSpy(list(tensors(setup.batch)))
    with spy:
        loss = step()
    declared = setup.hints.get("floor")
    return loss, spy.floor(loss) if declared is None else float(declared)


def _finite_parameters(setup: Setup) -> bool:
    with torch.no_grad():
        return all(bool(torch.isfinite(parameter).all()) for _, parameter in setup.parameters())
