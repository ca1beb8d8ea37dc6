"""The first loss of another run with the first seed."""

from __future__ import annotations

import math

from smokealarm.memorize.batch import fresh
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.memorizes import Again
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.setup import seed_everything
from smokealarm.memorize.step import Detached, train_step


def probe(bench: Bench, fact: Facts) -> Again:
    setup = bench.made()
    seed_everything(bench.seed)
    try:
        return Again(train_step(setup)(fresh(setup.batch)))
    except Detached:
        return Again(math.nan)
