"""What each fact of a program costs, as a share of what 200 plain steps cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.contenders import plainly
from smokealarm.child import loaded
from smokealarm.errors import SmokealarmError
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.facts import Facts
from smokealarm.memorize.fit import Trial
from smokealarm.memorize.probes import PROBES
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.step import train_step
from smokealarm.memorize.trial import run_trial
from smokealarm.memorize.watches import WATCHES, Watch

Begin = Callable[[Setup, Path], Watch]
NOT_ASKED = ("Origin", "Cut", "Depth", "Ranks", "Resumed", "Sweep", "Twice", "Imagined", "Touched")
LOOKED_ON = 40  # steps, for what a watch adds: most of them only look at the first


def cost_of_facts(setup: str) -> dict[str, float]:
    """By name; facts that healthy programs are not asked for by default are left out."""
    bench = Bench(loaded(setup), "cpu", Path.cwd(), 200)
    plain = plain_cost(bench)
    short = bench._replace(steps=LOOKED_ON, windows=1)
    costs = {f"(watched for) {kind.__name__}": -trained(short, []) for kind in WATCHES}
    for kind, begin in WATCHES.items():
        costs[f"(watched for) {kind.__name__}"] += trained(short, [begin])
    facts = Facts(bench, bench.made())
    for kind in (Trial, *PROBES):
        if kind.__name__ not in NOT_ASKED:
            costs[kind.__name__] = asked(facts, kind)
    costs["all facts"] = sum(asked for name, asked in costs.items() if name[0] != "(")
    return {name: cost / plain for name, cost in costs.items()}


def plain_cost(bench: Bench) -> float:
    before, setup = time.process_time(), bench.made()
    plainly(train_step(setup), setup.batch)
    return time.process_time() - before


def trained(bench: Bench, begins: Sequence[Begin]) -> float:
    """One trial, with these watches only."""
    setup = bench.made()
    watches = [begin(setup, bench.root) for begin in begins]
    before = time.process_time()
    run_trial(setup, seed=0, batch=None, steps=bench.steps, watches=watches, windows=1)
    return time.process_time() - before


def asked(facts: Facts, kind: type) -> float:
    before = time.process_time()
    try:
        facts(kind)
    except SmokealarmError:  # it does not apply, or the program cannot be asked
        pass
    return time.process_time() - before
