"""Trains on from a checkpoint, beside a run without a break."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import fresh
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.resumes import Resumed
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import Detached, Step, train_step

STEPS = 4

State = dict[str, Tensor]


def probe(bench: Bench, fact: Facts) -> Resumed:
    try:
        whole, again = _run(bench, STEPS * 2), _run(bench, STEPS * 2)
        return _resumed(bench, whole, _apart(whole[1], again[1]))
    except Detached:
        raise Unasked(
            "no step can be made: nothing that can be trained hangs on the loss"
        ) from None


def _run(bench: Bench, steps: int) -> tuple[list[float], State]:
    setup = bench.made()
    seed_everything(bench.seed)
    losses = _steps(train_step(setup), setup, steps)
    return losses, _state(setup)


def _steps(step: Step, setup: Setup, steps: int) -> list[float]:
    return [step(fresh(setup.batch)) for _ in range(steps)]


def _resumed(bench: Bench, whole: tuple[list[float], State], noise: dict[str, float]) -> Resumed:
    setup = bench.made()
    before = _state(setup)
    seed_everything(bench.seed)
    _steps(train_step(setup), setup, STEPS)
    unsaved = _unsaved(setup, before)
    told = Resumed(STEPS, tuple(whole[0][STEPS:]), (), {}, max(noise.values(), default=0), unsaved)
    with tempfile.TemporaryDirectory(prefix="smokealarm-checkpoint-") as folder:
        path = Path(folder, "checkpoint.pt")
        try:
            torch.save([part.state_dict() for part in _parts(setup)], path)
            randomness = _randomness()
            setup = bench.made()
            kept = torch.load(path, weights_only=False)  # written by ourselves, a moment ago
            for part, state in zip(_parts(setup), kept):
                part.load_state_dict(state)
        except Exception as error:
            return told._replace(refused=f"{type(error).__name__}: {error}")
    step = train_step(setup)
    _restore(randomness)
    losses = _steps(step, setup, STEPS)
    return told._replace(resumed=tuple(losses), apart=_apart(whole[1], _state(setup)))


def _parts(setup: Setup) -> list[Any]:
    loss = [setup.loss_fn] if isinstance(setup.loss_fn, torch.nn.Module) else []
    return [*setup.modules.values(), *loss, *setup.optimizers, *setup.schedulers]


def _state(setup: Setup) -> State:
    """Every parameter and buffer by its name, as it is now."""
    found = {name: parameter.detach().clone() for name, parameter in setup.parameters()}
    for prefix, module in setup.modules.items():
        for name, buffer in module.named_buffers():
            found[f"{prefix}.{name}" if prefix else name] = buffer.detach().clone()
    return found


def _unsaved(setup: Setup, before: State) -> tuple[str, ...]:
    """Buffers that the steps have changed and that no state_dict holds."""
    found = []
    for prefix, module in setup.modules.items():
        saved = module.state_dict()
        for own, buffer in module.named_buffers():
            name = f"{prefix}.{own}" if prefix else own
            if own not in saved and not torch.equal(buffer, before.get(name, buffer)):
                found.append(name)
    return tuple(found)


def _apart(one: State, other: State) -> dict[str, float]:
    """How far the states are apart, name by name, relative to the first one's size."""
    found = {}
    for name in one.keys() & other.keys():
        mine, others = one[name].double(), other[name].double()
        if mine.shape != others.shape:
            found[name] = float("inf")
        elif mine.numel():
            found[name] = float((mine - others).norm() / mine.norm().clamp(min=1e-12))
    return found


def _randomness() -> tuple[Any, ...]:
    numpy = sys.modules.get("numpy")
    return torch.get_rng_state(), random.getstate(), numpy.random.get_state() if numpy else None


def _restore(randomness: tuple[Any, ...]) -> None:
    torch.set_rng_state(randomness[0])
    random.setstate(randomness[1])
    if (numpy := sys.modules.get("numpy")) and randomness[2]:
        numpy.random.set_state(randomness[2])
