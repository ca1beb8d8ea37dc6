"""Whether a training step waits for its data, and what the loader and the step spend their time on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Inconclusive, Place
from smokealarm.finding import Finding, Level, Table
from smokealarm.memorize.fit import Fit, at, number
from smokealarm.stage import Sight

INPUT_BOUND = 0.3  # of a step: more than this spent waiting is told
FEWEST = 4  # batches that a share can be told of


class Line(NamedTuple):
    """A function of the user's that the loader runs, and its line that takes longest."""

    place: Place
    function: str
    share: float  # of the loader's time


class Operator(NamedTuple):
    """An operator of the step, without those that it calls."""

    name: str
    calls: float  # per step
    milliseconds: float  # per step
    share: float  # of the step


class Loading(NamedTuple):
    """Batch after batch through the user's own loader and step; the first of a pass is not counted."""

    waits: tuple[float, ...]  # seconds
    steps: tuple[float, ...]
    first: float  # seconds until the first batch was there
    workers: int = 0
    lines: tuple[Line, ...] = ()  # the slowest first
    operators: tuple[Operator, ...] = ()

    @property
    def share(self) -> float:
        return waiting(self.waits, self.steps)


def waiting(waits: tuple[float, ...], steps: tuple[float, ...]) -> float:
    """The share of the time that is spent waiting for batches."""
    return sum(waits) / max(sum(waits) + sum(steps), 1e-9)


def check(
    fit: Fit, *, batches: int = 30, at_most_waiting: float | None = None, trace: str = ""
) -> Iterator[Sight]:
    """A training step does not wait for its data.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks:
              - loading: {batches: 30, at_most_waiting: 0.5, trace: runs/trace.json}

    Opt-in, and quiet unless asked: up to `batches` batches (or ten seconds of them) are taken from
    `data`, each through a step of the set-up, and the clock is read between the two. The share of
    the time that is spent waiting tells an input-bound training from a compute-bound one; it is an
    alarm only where it exceeds `at_most_waiting` in the first half of the batches and in the
    second. The first batch of a pass, for which workers are started, is not counted.

    A second pass without workers finds the lines of yours that the loader spends its time on: every
    millisecond another thread looks where it stands. Two tables show them and the operators of the
    step that take longest (torch's profiler); `trace` is a file, from the repository root
    (better in a folder that git ignores), for chrome://tracing or ui.perfetto.dev.

    What is measured is the set-up as it is: a model made small for a smoke test waits for its data
    longer than the real one. It is not asked where `data` is a single batch.
    """
    loading = fit.fact(Loading, batches=batches, trace=trace)
    if len(loading.waits) < FEWEST:
        raise Inconclusive(
            f"{len(loading.waits)} batches came from the loader, and it takes {FEWEST} after the"
            " first to tell its pace",
            "Return a loader of more batches, or a smaller batch size.",
            fit.place,
        )
    yield lines(loading)
    yield operators(loading)
    too_long = at_most_waiting is not None and _is_over(loading, at_most_waiting)
    if too_long or loading.share >= INPUT_BOUND:
        yield _input_bound(fit, loading, Level.FAILURE if too_long else Level.NOTICE)


def verdict(loading: Loading) -> str:
    if loading.share < INPUT_BOUND:
        return f"compute bound: {loading.share:.0%} of the step waits for the loader"
    slowest = loading.lines[0] if loading.lines else None
    within = (
        f"; `{slowest.function}` at {slowest.place.path}:{slowest.place.line} takes"
        f" {slowest.share:.0%} of loading"
        if slowest
        else ""
    )
    return f"input bound: {loading.share:.0%} of the step waits for the loader{within}"


def lines(loading: Loading) -> Table:
    told = verdict(loading)
    return Table(
        title=f"{told[0].upper()}{told[1:]}",
        header=["of loading", "your line", "function"],
        rows=[
            [f"{each.share:.0%}", f"{each.place.path}:{each.place.line}", each.function]
            for each in loading.lines
        ],
    )


def operators(loading: Loading) -> Table:
    return Table(
        title="Operators of a step, by their own time",
        header=["operator", "calls", "ms", "of the step"],
        rows=[
            [each.name, each.calls, number(each.milliseconds), f"{each.share:.0%}"]
            for each in loading.operators
        ],
    )


def _is_over(loading: Loading, limit: float) -> bool:
    half = len(loading.waits) // 2
    halves = (slice(0, half), slice(half, None))
    return all(waiting(loading.waits[part], loading.steps[part]) > limit for part in halves)


def _input_bound(fit: Fit, loading: Loading, level: Level) -> Finding:
    return Finding(
        message=verdict(loading),
        **at(loading.lines[0].place if loading.lines else fit.place),
        level=level,
        evidence={
            "waiting, of a step": number(loading.share),
            "ms waited per batch": number(1e3 * sum(loading.waits) / len(loading.waits)),
            "ms per step": number(1e3 * sum(loading.steps) / len(loading.steps)),
            "s until the first batch": number(loading.first),
            "batches": len(loading.waits),
            "workers": loading.workers,
            "reproduce": fit.reproduce,
        },
        remedy=_remedy(loading),
    )


def _remedy(loading: Loading) -> str:
    if loading.workers == 0:
        return (
            "Load in other processes (`num_workers=4`, `persistent_workers=True`), and make the line"
            " shown cheaper: do once what is done for every sample, or do it for a whole batch."
        )
    return (
        "Make the line shown cheaper (once instead of per sample, by batch, on the device), keep what"
        " it makes, or raise `num_workers` while there are cores that idle."
    )
