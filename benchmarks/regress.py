"""How often the paired verdict errs, and how fast it is: tables in Markdown, in under a minute.

    python benchmarks/regress.py

Agreement is the share of examples on which two models are both right or both wrong.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from smokealarm.finding import Verdict
from smokealarm.regress.flips import Answers
from smokealarm.regress.verdict import ALPHA, judge

RUNS = 10_000
GROUPED_RUNS = 2_000
SIZES = (100, 200, 500, 1000, 2000)
AGREEMENTS = (0.80, 0.90, 0.95, 0.99)
RNG = np.random.default_rng(2026)


def main() -> None:
    print("No change: two equally good models.\n")
    print(table(ODDS_HEADER, odds(drop=0.0)))
    print("\nA true drop of 2 points: an alarm is right, and a pass is a missed alarm.\n")
    print(table(ODDS_HEADER, odds(drop=0.02)))
    print("\nA true drop of 5 points.\n")
    print(table(ODDS_HEADER, odds(drop=0.05)))
    print("\nNo change, 1,000 examples in groups that flip together half of the time.\n")
    print(table(["group size", "alarms", "alarms if groups are ignored"], grouped_odds()))
    print("\nThe judge alone.\n")
    print(table(["examples", "groups", "seconds", "peak memory added, MB"], speed()))


ODDS_HEADER = [
    "agreement",
    "examples",
    "alarm",
    "pass",
    "inconclusive",
    "exact test without mid-p",
    "floor: a point less",
]


def odds(drop: float) -> Iterator[list[str]]:
    """The share of each verdict, and of the alarms of two simpler rules, over simulated changes."""
    for agreement in AGREEMENTS:
        differing = 1 - agreement
        if differing < drop:
            continue
        shares = [(differing + drop) / 2, (differing - drop) / 2, agreement]
        for size in SIZES:
            drawn = Counter(map(tuple, RNG.multinomial(size, shares, size=RUNS)[:, :2].tolist()))
            yield [f"{agreement:.2f}", f"{size:,}", *_shares(drawn, size)]


def _shares(drawn: Counter[tuple[int, ...]], size: int) -> Iterator[str]:
    for verdict in (Verdict.ALARM, Verdict.PASS, Verdict.INCONCLUSIVE):
        yield _share(n for (b, c), n in drawn.items() if outcome(size, b, c) is verdict)
    yield _share(n for (b, c), n in drawn.items() if binom.sf(b - 1, b + c, 0.5) < ALPHA)
    yield _share(n for (b, c), n in drawn.items() if (b - c) / size > 0.01)


def _share(counts: Iterable[int]) -> str:
    return f"{sum(counts) / RUNS:.1%}"


@cache
def outcome(size: int, newly_wrong: int, newly_right: int) -> Verdict:
    return judge(*answers(size, newly_wrong, newly_right)).verdict


def answers(size: int, newly_wrong: int, newly_right: int) -> tuple[Answers, Answers]:
    base = np.ones(size, dtype=bool)
    head = base.copy()
    head[:newly_wrong] = False
    base[newly_wrong : newly_wrong + newly_right] = False
    return base, head


def grouped_odds() -> Iterator[list[str]]:
    for size in (1, 5, 10, 25):
        alarms = naive = 0
        for _ in range(GROUPED_RUNS):
            base, head, groups = grouped_answers(1000, size)
            alarms += judge(base, head, groups).verdict is Verdict.ALARM
            naive += judge(base, head).verdict is Verdict.ALARM
        yield [str(size), f"{alarms / GROUPED_RUNS:.1%}", f"{naive / GROUPED_RUNS:.1%}"]


def grouped_answers(examples: int, size: int) -> tuple[Answers, Answers, NDArray[np.int64]]:
    """Agreement 0.9; half of the examples that could flip go with their group."""
    groups = np.arange(examples) // size
    alone = RNG.choice([1, -1, 0], size=examples, p=[0.05, 0.05, 0.9])
    together = RNG.choice([1, -1, 0], size=groups[-1] + 1, p=[0.05, 0.05, 0.9])[groups]
    lost = np.where(RNG.random(examples) < 0.5, together, alone)
    return lost >= 0, lost <= 0, groups


def speed() -> Iterator[list[str]]:
    for examples in (1_000, 100_000):
        for groups in (None, RNG.integers(0, examples // 10, examples)):
            base = RNG.random(examples) < 0.9
            head = base ^ (RNG.random(examples) < 0.1)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            started = time.perf_counter()
            judge(base, head, groups)
            took = time.perf_counter() - started
            added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            grouped = "none" if groups is None else f"{examples // 10:,}"
            yield [f"{examples:,}", grouped, f"{took:.3f}", f"{added:.0f}"]


def table(header: list[str], rows: Iterable[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
