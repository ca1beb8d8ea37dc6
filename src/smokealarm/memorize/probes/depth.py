"""The step whose loss seems too low, done again under the eyes of the loss spy."""

from __future__ import annotations

from smokealarm.memorize.batch import fresh, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.loss_floor import Depth, step_in_question
from smokealarm.memorize.fit import Facts, Trial
from smokealarm.memorize.floor import LossSpy
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import train_step


def probe(bench: Bench, fact: Facts) -> Depth:
    trial = fact(Trial)
    setup = bench.made(trial.seed)
    seed_everything(trial.seed)
    step = train_step(setup)
    for _ in range(step_in_question(trial) - 1):
        step(fresh(setup.batch))
    batch = fresh(setup.batch)
    with (spy := LossSpy(list(tensors(batch)))):
        loss = step(batch)
    floor = spy.floor(loss, prefixes=bool(setup.hints.get("causal")))
    return Depth(loss, floor, spy.negated(loss) and _one_aim(setup))


def _one_aim(setup: Setup) -> bool:
    """One optimizer trains all of one model: nobody plays against anybody."""
    trainable = all(parameter.requires_grad for _, parameter in setup.parameters())
    return trainable and len(setup.modules) == 1 and len(setup.optimizers) == 1
